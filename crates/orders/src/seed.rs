//! Rows to start with, for development and tests.

use std::collections::BTreeMap;

use auth::{TenantId, UserId};
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use subgraph_kit::tenancy::{Database, StatementCounter};
use uuid::Uuid;

pub use crate::domain::OrderStatus;
use crate::store::{self, Records};

/// Products with what was ordered of them.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The products.
    pub products: Vec<Product>,
    /// The orders. Those that are placed later are numbered behind the greatest `A-000001`-like number of their tenant.
    pub orders: Vec<Order>,
}

/// Something sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// Unique within the tenant; at most 64 characters.
    pub sku: String,
    /// What people read; at most 200 characters.
    pub name: String,
    /// In the currency's minor unit; not less than zero.
    pub price_amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// What it weighs, in grams.
    pub weight_grams: i32,
    /// Since when it is sold.
    pub created_at: DateTime<Utc>,
}

/// An order. Its total is the sum of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// Unique within the tenant; at most 40 characters.
    pub number: String,
    /// Who ordered.
    pub placed_by: UserId,
    /// How far it has come.
    pub status: OrderStatus,
    /// When it came in.
    pub placed_at: DateTime<Utc>,
    /// ISO 4217: that of all its prices.
    pub currency: String,
    /// What was ordered, in the order in which people read it.
    pub lines: Vec<OrderLine>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Which.
    pub id: Uuid,
    /// What is ordered.
    pub product_id: Uuid,
    /// How many; more than zero.
    pub quantity: i32,
    /// What one cost, in the currency's minor unit.
    pub unit_price_amount: i64,
}

/// Why a dataset could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The price of this product, or what this order comes to, is more than clients can read: 2^53 - 1.
    #[error("the amounts of {0} are out of range")]
    OutOfRange(Uuid),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Loads the tenants that have no products yet, each with all that is theirs or nothing of it. `progress` is called
/// with the number of records dealt with so far: loaded, or there already.
///
/// # Errors
/// When the dataset contradicts itself; what the database says.
pub async fn load(
    database: &Database,
    data: &Dataset,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LoadError> {
    let mut tenants: BTreeMap<TenantId, Records<'_>> = BTreeMap::new();
    for product in &data.products {
        tenants.entry(product.tenant).or_default().products.push(product);
    }
    for order in &data.orders {
        tenants.entry(order.tenant).or_default().orders.push(order);
    }
    let mut done = 0;
    for (tenant, records) in &tenants {
        let db = database.tenant(*tenant, StatementCounter::default());
        store::add_tenant(&db, records, &mut |more| progress(done + more)).await?;
        done += records.len();
        progress(done);
    }
    Ok(())
}
