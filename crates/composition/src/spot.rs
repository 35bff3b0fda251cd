//! Where a schema coordinate stands: for errors of the whole, which no single subgraph made.

use crate::error::{CompositionError, Location};
use crate::model::{SubgraphSchema, TypeDef, TypeKind};

/// Gives each error that has a coordinate and no spot the spot where the first subgraph defines it.
pub(crate) fn find(mut errors: Vec<CompositionError>, subgraphs: &[SubgraphSchema]) -> Vec<CompositionError> {
    for error in &mut errors {
        if error.location.is_some() {
            continue;
        }
        let Some(coordinate) = &error.coordinate else { continue };
        let blamed = error.subgraph.clone();
        let found = subgraphs
            .iter()
            .filter(|subgraph| blamed.as_ref().is_none_or(|name| *name == subgraph.name))
            .find_map(|subgraph| Some((subgraph, locate(subgraph, coordinate)?)));
        if let Some((subgraph, location)) = found {
            error.subgraph = Some(subgraph.name.clone());
            error.location = Some(location);
        }
    }
    errors
}

/// `Type`, `Type.member` or `Type.field(argument:)`.
fn locate(subgraph: &SubgraphSchema, coordinate: &str) -> Option<Location> {
    let (member, argument) = match coordinate.split_once('(') {
        Some((member, argument)) => (member, argument.strip_suffix(":)")),
        None => (coordinate, None),
    };
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
