//! Rows for tests. Ids are made of tenant, kind and number, so that a test can name what it means.

use auth::{TenantId, UserId};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use orders::seed::{Dataset, Order, OrderLine, OrderStatus, Product};
use uuid::Uuid;

/// How many products a tenant has.
pub(crate) const PRODUCTS: usize = 8;

/// How many people of a tenant order something.
pub(crate) const BUYERS: usize = 50;

/// When the tests take place.
pub(crate) fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap()
}

pub(crate) fn acme() -> TenantId {
    tenant(0xac)
}

pub(crate) fn globex() -> TenantId {
    tenant(0x61)
}

pub(crate) fn tenant(number: u8) -> TenantId {
    TenantId::from(Uuid::from_u128(u128::from(number) << 120 | 1))
}

/// What an id names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    User = 2,
    Product,
    Order,
    Line,
}

pub(crate) fn id(tenant: TenantId, kind: Kind, number: usize) -> Uuid {
    Uuid::from_u128(tenant.as_uuid().as_u128() ^ 1 | (kind as u128) << 64 | number as u128)
}

pub(crate) fn user(tenant: TenantId, number: usize) -> UserId {
    UserId::from(id(tenant, Kind::User, number))
}

/// A product for (number + 1) euros.
pub(crate) fn product(tenant: TenantId, number: usize) -> Product {
    Product {
        tenant,
        id: id(tenant, Kind::Product, number),
        sku: format!("{}-SKU-{number}", short(tenant)),
        name: format!("{} product {number}", short(tenant)),
        price_amount: 100 * (i64::try_from(number).unwrap() + 1),
        currency: "EUR".to_owned(),
        weight_grams: 250,
        created_at: beginning() + TimeDelta::minutes(i64::try_from(number / 2).unwrap()),
    }
}

/// An order of 1 to 4 lines: two of each product, a cent cheaper than it is now. Three at a time are placed in the
/// same minute; each fourth has the same status.
pub(crate) fn order(tenant: TenantId, number: usize) -> Order {
    let lines = (0..=number % 4).map(|line| OrderLine {
        // Not in the order of the lines.
        id: id(tenant, Kind::Line, number * 10 + (9 - line)),
        product_id: id(tenant, Kind::Product, line),
        quantity: 2,
        unit_price_amount: product(tenant, line).price_amount - 1,
    });
    Order {
        tenant,
        id: id(tenant, Kind::Order, number),
        number: format!("A-{:06}", number + 1),
        placed_by: user(tenant, number % BUYERS),
        status: status(number),
        placed_at: beginning() - TimeDelta::days(1) + TimeDelta::minutes(i64::try_from(number / 3).unwrap()),
        currency: "EUR".to_owned(),
        lines: lines.collect(),
    }
}

pub(crate) fn status(number: usize) -> OrderStatus {
    match number % 4 {
        0 => OrderStatus::Placed,
        1 => OrderStatus::Confirmed,
        2 => OrderStatus::Shipped,
        _ => OrderStatus::Cancelled,
    }
}

/// A tenant with its products and this many orders.
pub(crate) fn ledger(tenant: TenantId, orders: usize) -> Dataset {
    Dataset {
        products: (0..PRODUCTS).map(|number| product(tenant, number)).collect(),
        orders: (0..orders).map(|number| order(tenant, number)).collect(),
    }
}

/// How a tenant's texts begin.
pub(crate) fn short(tenant: TenantId) -> &'static str {
    match tenant.as_uuid().as_bytes()[0] {
        0xac => "ACME",
        0x61 => "GLOBEX",
        _ => "OTHER",
    }
}
