//! The differences of two API schemas.

mod directives;
mod fields;
mod inputs;
mod type_change;
mod types;

use std::fmt::Display;

use apollo_compiler::Schema;
use apollo_compiler::ast::OperationType;
use apollo_compiler::validation::Valid;

use crate::change::{Change, ChangeKind, Criticality};
use crate::usage::Fact;

/// Every difference, the worst first and then by coordinate.
pub(crate) fn compare(published: &Valid<Schema>, proposed: &Valid<Schema>) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    roots(published, proposed, &mut changes);
    types::compare(published, proposed, &mut changes);
    directives::compare(published, proposed, &mut changes);
    let mut changes = changes.0;
    changes
        .sort_by(|a, b| (a.criticality, &a.coordinate, a.kind).cmp(&(b.criticality, &b.coordinate, b.kind)));
    changes
}

/// What was found so far.
struct Changes(Vec<Change>);

impl Changes {
    /// `breaks` is what an operation must do to be broken by the change.
    fn breaking(&mut self, kind: ChangeKind, at: impl Display, message: String, breaks: Fact) {
        self.add(Criticality::Breaking, kind, at, message, Some(breaks));
    }

    fn dangerous(&mut self, kind: ChangeKind, at: impl Display, message: String) {
        self.add(Criticality::Dangerous, kind, at, message, None);
    }

    fn safe(&mut self, kind: ChangeKind, at: impl Display, message: String) {
        self.add(Criticality::NonBreaking, kind, at, message, None);
    }

    fn add(
        &mut self,
        criticality: Criticality,
        kind: ChangeKind,
        at: impl Display,
        message: String,
        breaks: Option<Fact>,
    ) {
        self.0.push(Change { criticality, kind, coordinate: at.to_string(), message, used_by: None, breaks });
    }
}

fn roots(published: &Schema, proposed: &Schema, changes: &mut Changes) {
    for (operation, kind) in [
        (OperationType::Query, ChangeKind::SchemaQueryTypeChanged),
        (OperationType::Mutation, ChangeKind::SchemaMutationTypeChanged),
        (OperationType::Subscription, ChangeKind::SchemaSubscriptionTypeChanged),
    ] {
        let (before, after) = (published.root_operation(operation), proposed.root_operation(operation));
        match (before, after) {
            (Some(before), None) => {
                let message = format!("The {operation} root type '{before}' was removed");
                changes.breaking(kind, "schema", message, Fact::Root(operation));
            }
            (None, Some(after)) => {
                changes.safe(kind, "schema", format!("The {operation} root type '{after}' was added"));
            }
            // A root type of another name changes what fragments may name, and that is told of the types.
            (Some(before), Some(after)) if before != after => {
                let message = format!("The {operation} root type changed from '{before}' to '{after}'");
                changes.breaking(kind, "schema", message, Fact::Root(operation));
            }
            _ => {}
        }
    }
}
