use bytes::Bytes;
use planner::{EntityBatch, Fetch};

use super::collect::Batch;
use super::condition::Variables;
use super::slots::Slots;
use crate::json::write_string;

/// A fetch of a plan, with what is known of its request before any variable.
#[derive(Debug)]
pub(crate) struct PreparedFetch {
    /// `{"query":"…","operationName":"…"`, the beginning of each body.
    head: Vec<u8>,
    /// What its answer fills: where its failure shows.
    pub(super) slots: Slots,
}

impl PreparedFetch {
    pub(crate) fn new(fetch: &Fetch) -> Self {
        Self { head: head(fetch, &fetch.operation), slots: Slots::of(&fetch.operation) }
    }

    /// The body of a request for root fields.
    pub(crate) fn root_body(&self, fetch: &Fetch, variables: &Variables) -> Bytes {
        self.body(fetch, variables, &[], &[])
    }

    /// The body of one request (GraphQL over HTTP, section 5.1).
    pub(super) fn body(
        &self,
        fetch: &Fetch,
        variables: &Variables,
        planned: &[EntityBatch],
        batches: &[Batch<'_>],
    ) -> Bytes {
        let of = |plan: &EntityBatch| batches.iter().filter(|batch| batch.is_of(plan)).count();
        let counts: Vec<usize> = planned.iter().map(of).collect();
        let other = fetch.copies.as_ref().filter(|_| counts.iter().any(|count| *count != 1));
        let size = batches.iter().map(Batch::size).sum::<usize>();
        let mut values = Vec::with_capacity(size);
        let mut body = match other {
            None => self.head.clone(),
            Some(copies) => head(fetch, &copies.operation(&counts)),
        };
        let mut written = match other {
            None => variables.write(&mut values, fetch.variables.iter().map(String::as_str)),
            Some(copies) => variables.write(&mut values, copies.variables(&counts)),
        };
        let mut separate = |values: &mut Vec<u8>| {
            if std::mem::replace(&mut written, true) {
                values.push(b',');
            }
        };
        for batch in batches {
            separate(&mut values);
            batch.write(&mut values);
        }
        if other.is_none() {
            // Every `_entities` field of the text needs its variable.
            for (plan, _) in planned.iter().zip(&counts).filter(|(_, count)| **count == 0) {
                separate(&mut values);
                write_string(&mut values, &plan.variable);
                values.extend_from_slice(b":[]");
            }
        }
        if !values.is_empty() {
            body.extend_from_slice(b",\"variables\":{");
            body.extend_from_slice(&values);
            body.push(b'}');
        }
        body.push(b'}');
        Bytes::from(body)
    }
}

fn head(fetch: &Fetch, operation: &str) -> Vec<u8> {
    let mut head = Vec::from(b"{\"query\":");
    write_string(&mut head, operation);
    if let Some(name) = &fetch.operation_name {
        head.extend_from_slice(b",\"operationName\":");
        write_string(&mut head, name);
    }
    head
}
