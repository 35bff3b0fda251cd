//! The subgraph's face: types, queries, mutations, entities.

mod entity;
mod error;
mod loader;
mod membership;
mod mutation;
mod organization;
mod party;
mod query;
mod user;

use std::sync::Arc;

use async_graphql::{Context, MergedObject};
use auth::UserId;
use subgraph_kit::error::Error;
use subgraph_kit::loader::{Batches, RequestLoader};
use subgraph_kit::service;

use crate::domain::Service;
use loader::{Email, Lookups, MembersOf, MembershipOf};

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub(crate) struct Query(query::Queries, entity::Entities);

/// The schema, for a service or to be printed.
pub(crate) fn schema() -> service::Builder<Query, mutation::Mutation> {
    service::schema(Query::default(), mutation::Mutation).register_output_type::<party::Party>()
}

/// What the resolvers of one request have.
pub(crate) struct Request {
    service: Arc<Service>,
    loader: RequestLoader<Lookups>,
}

impl Request {
    pub(crate) fn new(service: Service, batches: &Batches) -> Self {
        let service = Arc::new(service);
        Self { loader: batches.loader("users", Lookups::new(service.clone())), service }
    }

    /// Forgets who there is, so that a second mutation of the same request does not answer with what was before it.
    fn forget_members(&self) {
        self.loader.clear::<UserId>();
        self.loader.clear::<Email>();
        self.loader.clear::<MembershipOf>();
        self.loader.clear::<MembersOf>();
    }

    fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        service::request_data(context)
    }
}
