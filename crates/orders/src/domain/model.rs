use auth::{TenantId, UserId};
use chrono::{DateTime, Utc};
use subgraph_kit::money::Currency;
use uuid::Uuid;

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OrderStatus {
    /// Has come in.
    Placed,
    /// Will be sent.
    Confirmed,
    /// Was sent.
    Shipped,
    /// Will not be sent.
    Cancelled,
}

/// Something sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) id: Uuid,
    /// Unique within the tenant.
    pub(crate) sku: String,
    pub(crate) name: String,
    /// In the minor unit of the currency.
    pub(crate) price: i64,
    pub(crate) currency: Currency,
    pub(crate) weight_grams: i32,
    pub(crate) created_at: DateTime<Utc>,
}

/// An order without its lines. Amounts are in the minor unit of its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: Uuid,
    /// Whose it is, as its row says.
    pub(crate) tenant: TenantId,
    /// Unique within the tenant, without gaps.
    pub(crate) number: String,
    pub(crate) status: OrderStatus,
    pub(crate) placed_by: UserId,
    pub(crate) placed_at: DateTime<Utc>,
    pub(crate) currency: Currency,
    /// The sum of its lines.
    pub(crate) total: i64,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrderLine {
    pub(crate) id: Uuid,
    pub(crate) order_id: Uuid,
    pub(crate) product_id: Uuid,
    pub(crate) quantity: i32,
    /// What the product cost when it was ordered.
    pub(crate) unit_price: i64,
    pub(crate) currency: Currency,
}
