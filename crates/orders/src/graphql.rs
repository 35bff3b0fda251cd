//! The subgraph's face: types, queries, mutations, entities.

mod document;
mod entity;
mod error;
mod filter;
mod loader;
mod mutation;
mod order;
mod organization;
mod product;
mod query;
mod user;

use std::sync::Arc;

use async_graphql::{Context, MergedObject};
use subgraph_kit::error::Error;
use subgraph_kit::loader::{Batches, RequestLoader};
use subgraph_kit::service;

use crate::domain::Service;
use loader::{AllOrders, Lookups, OrderById, OrdersOfUser};

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub(crate) struct Query(query::Fields, entity::Entities);

/// The schema, for a service or to be printed.
pub(crate) fn schema() -> service::Builder<Query, mutation::Mutation> {
    service::schema(Query::default(), mutation::Mutation).register_output_type::<document::Document>()
}

/// What the resolvers of one request have.
pub(crate) struct Request {
    service: Arc<Service>,
    loader: RequestLoader<Lookups>,
}

impl Request {
    pub(crate) fn new(service: Service, batches: &Batches) -> Self {
        let service = Arc::new(service);
        Self { loader: batches.loader("orders", Lookups::new(service.clone())), service }
    }

    /// Forgets orders, so that a second mutation of the same request does not answer with what was before it.
    fn forget_orders(&self) {
        self.loader.clear::<OrderById>();
        self.loader.clear::<AllOrders>();
        self.loader.clear::<OrdersOfUser>();
    }

    fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        service::request_data(context)
    }
}
