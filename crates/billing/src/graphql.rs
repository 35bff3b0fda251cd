//! The subgraph's face: types, queries, mutations, entities.
#![allow(clippy::unused_async, reason = "resolvers are async, whether they have to wait or not")]

mod access;
mod account;
mod document;
mod entity;
mod error;
mod invoice;
mod invoice_line;
mod loader;
mod mutation;
mod order;
mod party;
mod payment;
mod query;

use std::sync::Arc;

use async_graphql::{Context, MergedObject};
use subgraph_kit::error::Error;
use subgraph_kit::loader::{Batches, RequestLoader};
use subgraph_kit::service;

use crate::domain::Service;
use loader::{AllInvoices, Balance, InvoiceById, InvoiceOf, InvoicesOfAccount, Lookups, OpenOn, PaymentsOf};

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub(crate) struct Query(query::Fields, entity::Entities);

/// The schema, for a service or to be printed.
pub(crate) fn schema() -> service::Builder<Query, mutation::Mutation> {
    service::schema(Query::default(), mutation::Mutation)
}

/// What the resolvers of one request have.
pub(crate) struct Request {
    service: Arc<Service>,
    loader: RequestLoader<Lookups>,
}

impl Request {
    pub(crate) fn new(service: Service, batches: &Batches) -> Self {
        let service = Arc::new(service);
        Self { loader: batches.loader("billing", Lookups::new(service.clone())), service }
    }

    /// Forgets what a payment changes, so that a second mutation of the same request does not answer with amounts from
    /// before it.
    fn forget_amounts(&self) {
        self.loader.clear::<InvoiceById>();
        self.loader.clear::<InvoiceOf>();
        self.loader.clear::<PaymentsOf>();
        self.loader.clear::<OpenOn>();
        self.loader.clear::<Balance>();
        self.loader.clear::<AllInvoices>();
        self.loader.clear::<InvoicesOfAccount>();
    }

    fn of<'a>(context: &Context<'a>) -> Result<&'a Self, Error> {
        service::request_data(context)
    }
}
