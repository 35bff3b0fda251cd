//! Operation texts in which an `_entities` field stands several times, once for each set of values from contexts.

use serde::Serialize;

/// How to write the text of a fetch that takes values from contexts.
///
/// A variable has one value in an operation. Where objects need different ones, their `_entities` field is copied: each
/// copy has a response key and variables of its own, named by [`Copies::name`], and the objects that agree in all values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Copies {
    /// The operation's keyword and name.
    pub(crate) head: String,
    /// The client's variables that are used, with their definitions.
    pub(crate) variables: Vec<(String, String)>,
    pub(crate) batches: Vec<CopiedBatch>,
}

/// The text of one `_entities` field, in pieces: between two of them stands what names the copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct CopiedBatch {
    /// The client's variables in it.
    pub(crate) variables: Vec<String>,
    /// Of its own variables.
    pub(crate) definitions: Vec<String>,
    pub(crate) field: Vec<String>,
}

impl Copies {
    /// What a response key or variable of a batch is called in one of its copies, counted from 0.
    pub fn name(name: &str, copy: usize) -> String {
        format!("{name}{}", suffix(copy))
    }

    /// The operation with that many copies of each batch. Not all may be 0.
    pub fn operation(&self, copies: &[usize]) -> String {
        let of_batches = |pieces: fn(&CopiedBatch) -> &[String]| {
            let all = self.batches.iter().zip(copies);
            all.flat_map(move |(batch, count)| (0..*count).map(move |copy| pieces(batch).join(&suffix(copy))))
        };
        let used = self.variables(copies);
        let clients = self.variables.iter().filter(|(name, _)| used.contains(&name.as_str()));
        let definitions: Vec<String> = of_batches(|batch| &batch.definitions)
            .chain(clients.map(|(_, definition)| definition.clone()))
            .collect();
        let fields: Vec<String> = of_batches(|batch| &batch.field).collect();
        operation(&self.head, &definitions, &fields.join(" "))
    }

    /// The client's variables in such an operation.
    pub fn variables(&self, copies: &[usize]) -> Vec<&str> {
        let written = self.batches.iter().zip(copies).filter(|(_, count)| **count > 0);
        let used: Vec<&String> = written.flat_map(|(batch, _)| &batch.variables).collect();
        let all = self.variables.iter().map(|(name, _)| name);
        all.filter(|name| used.contains(name)).map(String::as_str).collect()
    }
}

fn suffix(copy: usize) -> String {
    if copy == 0 { String::new() } else { format!("_{copy}") }
}

/// An operation's text, as short as it can be.
pub(crate) fn operation(head: &str, definitions: &[String], selections: &str) -> String {
    match definitions {
        [] if head == "query" => format!("{{{selections}}}"),
        [] => format!("{head}{{{selections}}}"),
        _ => format!("{head}({}){{{selections}}}", definitions.join(",")),
    }
}
