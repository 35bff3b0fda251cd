use async_graphql::{Context, ID, Object};
use auth::TenantId;
use subgraph_kit::error::Error;
use subgraph_kit::pagination::{Connection, Page, PageArguments};

use super::Request;
use super::filter::OrderFilter;
use super::loader::{AllOrders, AllProducts};
use super::order::Order;
use super::product::Product;
use crate::domain::OrdersQuery;

/// The Caller's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organization(pub(super) TenantId);

/// A tenant
#[Object]
impl Organization {
    async fn id(&self) -> ID {
        self.0.to_string().into()
    }

    /// What it sells, newest first
    async fn products(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Connection<Product>>, Error> {
        let page = PageArguments::parse("Product", first, after.as_deref(), last, before.as_deref())?;
        let page =
            Request::of(context)?.loader.load_one(AllProducts(page)).await?.unwrap_or_else(Page::empty);
        let tenant = self.0;
        Ok(Some(Connection::new(page, |product| Product { product, tenant })))
    }

    /// What was ordered, newest first
    async fn orders(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        filter: Option<OrderFilter>,
    ) -> Result<Option<Connection<Order>>, Error> {
        let page = PageArguments::parse("Order", first, after.as_deref(), last, before.as_deref())?;
        let key = AllOrders(OrdersQuery { filter: filter.unwrap_or_default().into(), page });
        let page = Request::of(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Order)))
    }
}
