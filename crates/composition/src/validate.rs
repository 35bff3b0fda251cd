//! Stage 2: what one subgraph can get wrong on its own.

mod context;
mod cost;
mod external;
mod interface_object;
mod keys;
mod placement;
mod provides;
mod requires;
mod selection;

use crate::error::CompositionError;
use crate::model::SubgraphSchema;

/// All errors of one subgraph.
pub(crate) fn subgraph(subgraph: &SubgraphSchema) -> Vec<CompositionError> {
    let mut errors = Vec::new();
    for def in subgraph.types.values() {
        context::check_names(subgraph, def, &mut errors);
        keys::check(subgraph, def, &mut errors);
        interface_object::check(subgraph, def, &mut errors);
        for field in def.composite().into_iter().flat_map(|composite| composite.fields.values()) {
            cost::check(subgraph, def, field, &mut errors);
            context::check(subgraph, def, field, &mut errors);
            placement::check(subgraph, def, field, &mut errors);
            requires::check(subgraph, def, field, &mut errors);
            provides::check(subgraph, def, field, &mut errors);
            external::check(subgraph, def, field, &mut errors);
        }
    }
    errors
}
