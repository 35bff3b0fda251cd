//! The words for a query that cannot be answered.

use std::fmt::Write as _;

use super::closure::Closures;
use super::graph::{Graph, Serves};
use super::position::{Position, Positions, View};
use super::walk::Step;
use crate::error::{CompositionError, ErrorCode};
use crate::supergraph::{GraphIndex, MergedField};

/// The error for `field`, which cannot be resolved at any of `positions` after the path that ends with `step`.
pub(super) fn error(
    graph: &Graph<'_>,
    closures: &mut Closures<'_, '_>,
    steps: &[Step<'_>],
    step: usize,
    (field, positions): (&MergedField, &Positions),
) -> CompositionError {
    let object = steps.get(step).map_or("", |step| step.object.as_str());
    let coordinate = format!("{object}.{}", field.name);
    let mut message = format!(
        "The following supergraph API query:\n{}cannot be satisfied by the subgraphs because:",
        query(graph, steps, step, field)
    );
    let labels = graph.labels().to_string();
    if !labels.is_empty() {
        let _ = write!(message, "\n- with the labels of @override {labels}:");
    }
    let mut here: Vec<GraphIndex> = positions.iter().map(|position| position.graph).collect();
    here.dedup();
    for index in here {
        let _ = write!(message, "\n- from subgraph \"{}\":", graph.subgraph_name(index));
        for position in positions.iter().filter(|position| position.graph == index) {
            let _ = write!(
                message,
                "\n  - {}.",
                local_reason(graph, closures, steps, step, (field, positions), position)
            );
        }
        for reason in jump_reasons(graph, steps, step, (field, positions)) {
            let _ = write!(message, "\n  - {reason}.");
        }
    }
    CompositionError::new(ErrorCode::SatisfiabilityError, message).at(coordinate)
}

fn local_reason(
    graph: &Graph<'_>,
    closures: &mut Closures<'_, '_>,
    steps: &[Step<'_>],
    step: usize,
    (field, positions): (&MergedField, &Positions),
    position: &Position,
) -> String {
    let coordinate = format!("{}.{}", position.ty, field.name);
    match graph.serves(position, &field.name) {
        Serves::Missing => format!("cannot find field \"{coordinate}\""),
        Serves::External => {
            format!("field \"{coordinate}\" is not resolvable because it is marked @external")
        }
        Serves::Overridden => {
            format!("field \"{coordinate}\" is not resolvable because another subgraph overrides it")
        }
        Serves::Yes => {
            let requires = graph.field(position, &field.name).and_then(|def| def.requires.as_ref());
            let unmet = steps
                .get(step)
                .is_some_and(|step| !closures.is_met(step.object, positions, position, &field.name));
            if !closures.has_contexts(position, &field.name) {
                return format!("no type on the way gives the context that field \"{coordinate}\" needs");
            }
            if requires.is_some() && unmet {
                let object = steps.get(step).map_or(&position.ty, |step| step.object);
                if !closures.can_return(object, positions, position) {
                    return format!(
                        "field \"{coordinate}\" has a @requires, and type \"{}\" has no usable @key to come back with what it \
                         requires",
                        position.ty
                    );
                }
            }
            match requires.filter(|_| unmet) {
                Some(set) => format!("cannot satisfy @requires(fields: \"{set}\") of field \"{coordinate}\""),
                None => format!("cannot resolve field \"{coordinate}\""),
            }
        }
    }
}

/// Why the subgraphs that do have the field are out of reach.
fn jump_reasons(
    graph: &Graph<'_>,
    steps: &[Step<'_>],
    step: usize,
    (field, positions): (&MergedField, &Positions),
) -> Vec<String> {
    let Some(object) = steps.get(step).map(|step| step.object) else { return Vec::new() };
    let mut reasons = Vec::new();
    for (index, subgraph) in graph.subgraphs.iter().enumerate() {
        if positions.iter().any(|position| position.graph == index && position.ty == *object) {
            continue;
        }
        let there = Position { graph: index, ty: object.clone(), view: View::default() };
        if graph.serves(&there, &field.name) != Serves::Yes {
            continue;
        }
        let prefix = format!(
            "cannot move to subgraph \"{}\", which has field \"{object}.{}\", because",
            subgraph.name, field.name
        );
        let keys = subgraph.types.get(object).map_or(&[][..], |def| def.keys.as_slice());
        if keys.is_empty() {
            reasons.push(format!(
                "{prefix} type \"{object}\" has no @key defined in subgraph \"{}\"",
                subgraph.name
            ));
        } else if keys.iter().all(|key| !key.resolvable) {
            reasons.push(format!("{prefix} none of the @key of type \"{object}\" there is resolvable"));
        } else if !positions.iter().any(|position| position.ty == *object) {
            reasons.push(format!(
                "{prefix} only an @interfaceObject is known here, not that it is a \"{object}\""
            ));
        } else {
            for key in keys.iter().filter(|key| key.resolvable) {
                reasons.push(format!(
                    "{prefix} its @key(fields: \"{}\") cannot be fetched from here",
                    key.fields
                ));
            }
        }
    }
    reasons
}

/// The query that leads to `field`.
pub(super) fn query(graph: &Graph<'_>, steps: &[Step<'_>], step: usize, field: &MergedField) -> String {
    let mut path = Vec::new();
    let mut next = Some(step);
    while let Some(current) = next.and_then(|index| steps.get(index)) {
        path.push(current);
        next = current.parent;
    }
    path.reverse();
    let operation = path.first().map_or(String::new(), |root| root.object.to_lowercase());
    let mut lines = vec![if operation == "query" { "{".to_owned() } else { format!("{operation} {{") }];
    for step in path.iter().skip(1) {
        if let Some(field) = step.field {
            lines.push(format!("{} {{", call(field)));
        }
        if step.condition {
            lines.push(format!("... on {} {{", step.object));
        }
    }
    let is_composite = !graph.objects(field.ty.inner_named_type()).is_empty();
    let last = call(field);
    let mut text = String::new();
    for (depth, line) in lines.iter().enumerate() {
        let _ = writeln!(text, "{}{line}", "  ".repeat(depth));
    }
    let _ =
        writeln!(text, "{}{last}{}", "  ".repeat(lines.len()), if is_composite { " { ... }" } else { "" });
    for depth in (0..lines.len()).rev() {
        let _ = writeln!(text, "{}}}", "  ".repeat(depth));
    }
    text
}

fn call(field: &MergedField) -> String {
    let required: Vec<String> = field
        .arguments
        .values()
        .filter(|argument| argument.ty.is_non_null() && argument.default.is_none())
        .map(|argument| format!("{}: \"<any {}>\"", argument.name, argument.ty.inner_named_type()))
        .collect();
    if required.is_empty() {
        field.name.to_string()
    } else {
        format!("{}({})", field.name, required.join(", "))
    }
}
