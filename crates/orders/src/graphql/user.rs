use async_graphql::{Context, ID, Object};
use auth::UserId;
use subgraph_kit::error::Error;
use subgraph_kit::pagination::{Connection, ConnectionKey, Page, PageArguments};

use super::Request;
use super::filter::OrderFilter;
use super::order::Order;

#[derive(Debug, Clone, Copy)]
pub(super) struct User(pub(super) UserId);

/// A person
#[Object]
impl User {
    async fn id(&self) -> ID {
        self.0.to_string().into()
    }

    /// What the person ordered, newest first
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
        let filter = filter.unwrap_or_default().into();
        let key = ConnectionKey { parent: self.0.as_uuid(), page, filter };
        let page = Request::of(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Order)))
    }
}
