use bytes::Bytes;
use planner::{EntityBatch, Fetch};

use super::condition::Variables;
use super::entities::Batch;
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
        let mut head = Vec::from(b"{\"query\":");
        write_string(&mut head, &fetch.operation);
        if let Some(name) = &fetch.operation_name {
            head.extend_from_slice(b",\"operationName\":");
            write_string(&mut head, name);
        }
        Self { head, slots: Slots::of(&fetch.operation) }
    }

    /// The body of a request for root fields.
    pub(crate) fn root_body(&self, fetch: &Fetch, variables: &Variables) -> Bytes {
        self.body(fetch, variables, &[], &[])
    }

    /// The body of one request (GraphQL over HTTP, section 5.1).
    ///
    /// Every `_entities` field of the text needs its variable; those about which nothing is asked get an empty list.
    pub(super) fn body(
        &self,
        fetch: &Fetch,
        variables: &Variables,
        planned: &[EntityBatch],
        batches: &[Batch<'_>],
    ) -> Bytes {
        let size = batches.iter().map(Batch::size).sum::<usize>();
        let mut body = Vec::with_capacity(self.head.len() + size + 64);
        body.extend_from_slice(&self.head);
        let mut values = Vec::new();
        let mut written = variables.write(&mut values, &fetch.variables);
        for plan in planned {
            if written {
                values.push(b',');
            }
            match batches.iter().find(|batch| batch.is_of(plan)) {
                Some(batch) => batch.write(&mut values),
                None => {
                    write_string(&mut values, &plan.variable);
                    values.extend_from_slice(b":[]");
                }
            }
            written = true;
        }
        if written {
            body.extend_from_slice(b",\"variables\":{");
            body.extend_from_slice(&values);
            body.push(b'}');
        }
        body.push(b'}');
        Bytes::from(body)
    }
}
