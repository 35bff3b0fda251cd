use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{
    Context, ContextSelectionSet, ObjectType, OutputType, Positioned, QueryPathNode, QueryPathSegment,
    ServerResult, Value,
};

use super::complete::settle;
use crate::error::Error;

/// The root of queries, with entities that fail one by one.
///
/// Left alone, async-graphql answers an entity that cannot be resolved by nulling all of `data`, and gives errors
/// within entities a path without the index. Here an entity that fails is null with an error beside it, and the path
/// says which of the representations it was.
pub struct Entities<Q> {
    query: Q,
}

impl<Q> Entities<Q> {
    pub(super) fn new(query: Q) -> Self {
        Self { query }
    }
}

/// How many representations each `_entities` field of a request has come to.
#[derive(Default)]
pub(super) struct EntityIndices(Mutex<HashMap<String, usize>>);

impl EntityIndices {
    /// Entities are started in the order of their representations, so the n-th to start is the n-th.
    fn next(&self, field: &str) -> usize {
        let mut indices = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = indices.entry(field.to_owned()).or_default();
        let index = *next;
        *next += 1;
        index
    }
}

impl<Q: ObjectType> ContainerType for Entities<Q> {
    async fn resolve_field(&self, context: &Context<'_>) -> ServerResult<Option<Value>> {
        self.query.resolve_field(context).await
    }

    async fn find_entity(
        &self,
        context: &Context<'_>,
        representation: &Value,
    ) -> ServerResult<Option<Value>> {
        let index = context
            .data_opt::<EntityIndices>()
            .map_or(0, |indices| indices.next(context.item.node.response_key().node.as_str()));
        let parent = context.path_node;
        let mut context = context.clone();
        context.path_node =
            Some(QueryPathNode { parent: parent.as_ref(), segment: QueryPathSegment::Index(index) });
        match self.query.find_entity(&context, representation).await {
            // Entities can be null, whatever is in them.
            Ok(Some(entity)) => Ok(Some(settle(entity, "_Entity"))),
            Ok(None) => {
                let unknown =
                    Error::bad_input("representations", "No entity has this type and these key fields");
                let unknown = async_graphql::Error::from(unknown).into_server_error(context.item.pos);
                context.add_error(context.set_error_path(unknown));
                Ok(Some(Value::Null))
            }
            Err(error) => {
                context.add_error(error);
                Ok(Some(Value::Null))
            }
        }
    }
}

impl<Q: ObjectType> OutputType for Entities<Q> {
    fn type_name() -> Cow<'static, str> {
        Q::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Q::create_type_info(registry)
    }

    async fn resolve(&self, context: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(context, self).await
    }
}

impl<Q: ObjectType> ObjectType for Entities<Q> {}
