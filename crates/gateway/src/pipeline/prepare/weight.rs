//! About how many bytes of memory things take: what was read off a few hundred operations, not a promise.

use planner::{Content, OutputSelection, Plan, Shape, Source};

use crate::error::Refusal;

/// A text with all that is read out of it.
pub(super) fn of_text(text: &str) -> usize {
    const PER_BYTE: usize = 12;
    const AT_LEAST: usize = 1024;
    text.len().saturating_mul(PER_BYTE).saturating_add(AT_LEAST)
}

/// A plan, with what is prepared of its fetches.
pub(super) fn of_plan(plan: &Plan) -> usize {
    const PER_FETCH: usize = 512;
    const PER_BYTE: usize = 6;
    let fetches = plan.fetches.iter().map(|fetch| fetch.operation.len() * PER_BYTE + PER_FETCH);
    fetches.sum::<usize>().saturating_add(of_output(&plan.output))
}

/// Fragments are written out in the output, so a short text may have a long one.
fn of_output(output: &OutputSelection) -> usize {
    const PER_FIELD: usize = 200;
    let fields = output.fields.iter().map(|field| {
        let source = match &field.source {
            Source::Slot { slot, shape } => slot.len() + of_shape(shape),
            Source::Typename(_) | Source::Introspection => 0,
        };
        PER_FIELD + field.response_key.len() + of_names(&field.types) + source
    });
    fields.sum()
}

fn of_shape(shape: &Shape) -> usize {
    match &shape.content {
        Content::Scalar { name } => name.len(),
        Content::Enum { name, values } => name.len() + of_names(values),
        Content::List(item) => size_of::<Shape>() + of_shape(item),
        Content::Object { types, selection } => of_names(types) + of_output(selection),
    }
}

fn of_names(names: &[String]) -> usize {
    names.iter().map(|name| size_of::<String>() + name.len()).sum()
}

/// A refusal.
pub(super) fn of_refusal(refusal: &Refusal) -> usize {
    const PER_ERROR: usize = 256;
    refusal.errors.iter().map(|error| PER_ERROR + error.message.len()).sum()
}
