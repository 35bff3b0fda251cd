//! Where a schema coordinate stands: for errors and hints about the whole, which no single subgraph caused.

use crate::error::{CompositionError, Location};
use crate::hint::Hint;
use crate::model::{SubgraphSchema, TypeDef, TypeKind};

/// Gives each error that has a coordinate and no spot the spot where the first subgraph defines it.
pub(crate) fn of_errors(errors: &mut [CompositionError], subgraphs: &[SubgraphSchema]) {
    for error in errors.iter_mut().filter(|error| error.location.is_none()) {
        let Some(coordinate) = &error.coordinate else { continue };
        if let Some((subgraph, location)) = find(coordinate, error.subgraph.as_deref(), subgraphs) {
            error.subgraph = Some(subgraph.name.clone());
            error.location = Some(location);
        }
    }
}

/// Gives each hint that has no spot the spot where the first subgraph defines its coordinate.
pub(crate) fn of_hints(hints: &mut [Hint], subgraphs: &[SubgraphSchema]) {
    for hint in hints.iter_mut().filter(|hint| hint.location.is_none()) {
        if let Some((subgraph, location)) = find(&hint.coordinate, hint.subgraph.as_deref(), subgraphs) {
            hint.subgraph = Some(subgraph.name.clone());
            hint.location = Some(location);
        }
    }
}

/// ` [SUBGRAPH LINE:COLUMN]`, as far as it is known.
pub(crate) fn text(subgraph: Option<&str>, location: Option<Location>) -> String {
    match (subgraph, location) {
        (Some(subgraph), Some(location)) => format!(" [{subgraph} {location}]"),
        (Some(subgraph), None) => format!(" [{subgraph}]"),
        (None, _) => String::new(),
    }
}

/// In the subgraph that is blamed, or in any where none is.
fn find<'a>(
    coordinate: &str,
    blamed: Option<&str>,
    subgraphs: &'a [SubgraphSchema],
) -> Option<(&'a SubgraphSchema, Location)> {
    subgraphs
        .iter()
        .filter(|subgraph| blamed.is_none_or(|name| *name == subgraph.name))
        .find_map(|subgraph| Some((subgraph, locate(subgraph, coordinate)?)))
}

/// `Type`, `Type.member`, `Type.field(argument:)`, `@directive` or `@directive(argument:)`.
fn locate(subgraph: &SubgraphSchema, coordinate: &str) -> Option<Location> {
    let (member, argument) = match coordinate.split_once('(') {
        Some((member, argument)) => (member, argument.strip_suffix(":)")),
        None => (coordinate, None),
    };
    if let Some(directive) = member.strip_prefix('@') {
        return subgraph.directive_locations.get(directive).copied();
    }
    let Some((ty, member)) = member.split_once('.') else { return subgraph.types.get(member)?.location };
    let def = subgraph.types.get(ty)?;
    match argument {
        Some(argument) => def.field(member)?.arguments.get(argument)?.location,
        // A member that is missing is missing in its type.
        None => locate_member(def, member).or(def.location),
    }
}

fn locate_member(def: &TypeDef, member: &str) -> Option<Location> {
    match &def.kind {
        TypeKind::Object(composite) | TypeKind::Interface(composite) => {
            composite.fields.get(member)?.location
        }
        TypeKind::Input(fields) => fields.get(member)?.location,
        TypeKind::Enum(values) => values.get(member)?.location,
        TypeKind::Scalar { .. } | TypeKind::Union(_) => None,
    }
}
