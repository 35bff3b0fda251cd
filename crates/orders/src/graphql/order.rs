use async_graphql::{Context, Enum, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::loader::{LinesOf, ProductById};
use super::organization::Organization;
use super::product::Product;
use super::user::User;
use crate::domain::{self, Service};

/// How far an order has come
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::OrderStatus")]
pub(super) enum OrderStatus {
    /// Has come in
    Placed,
    /// Will be sent
    Confirmed,
    /// Was sent
    Shipped,
    /// Will not be sent
    Cancelled,
}

#[derive(Debug, Clone)]
pub(super) struct Order(pub(super) domain::Order);

/// What somebody ordered
#[Object]
impl Order {
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The number as people write it, unique within the organization. It never changes, so billing may tell it too
    #[graphql(shareable)]
    pub(super) async fn number(&self) -> &str {
        &self.0.number
    }

    async fn status(&self) -> OrderStatus {
        self.0.status.into()
    }

    async fn placed_at(&self) -> DateTime {
        self.0.placed_at.into()
    }

    /// What all lines come to
    pub(super) async fn total(&self) -> Result<Money, Error> {
        Ok(domain::money(self.0.total, self.0.currency)?)
    }

    /// Who ordered
    async fn placed_by(&self) -> Option<User> {
        Some(User(self.0.placed_by))
    }

    // What people read of it lives in users, as with `placedBy`: nullable, so that an order outlives users being away.
    async fn organization(&self, context: &Context<'_>) -> Result<Option<Organization>, Error> {
        Ok(Some(Organization(Request::of(context)?.service.tenant())))
    }

    /// What was ordered
    async fn lines(&self, context: &Context<'_>) -> Result<Vec<OrderLine>, Error> {
        let lines = Request::of(context)?.loader.load_one(LinesOf(self.0.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(OrderLine).collect())
    }
}

#[derive(Debug, Clone)]
pub(super) struct OrderLine(domain::OrderLine);

/// A line of an order
#[Object]
impl OrderLine {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What is ordered
    async fn product(&self, context: &Context<'_>) -> Result<Option<Product>, Error> {
        let request = Request::of(context)?;
        let tenant = request.service.tenant();
        let product = request.loader.load_one(ProductById(self.0.product_id)).await?;
        Ok(product.map(|product| Product { product, tenant }))
    }

    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// What one cost when it was ordered
    async fn unit_price(&self) -> Result<Money, Error> {
        Ok(domain::money(self.0.unit_price, self.0.currency)?)
    }

    /// What the line comes to
    async fn total(&self) -> Result<Money, Error> {
        Ok(Service::line_total(&self.0)?)
    }
}
