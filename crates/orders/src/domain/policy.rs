//! What can be done here, and what is known of what it is done to. Who may is told in `policies/orders.cedar`.

use chrono::{DateTime, Utc};
use subgraph_kit::authorization::{self, Attributes, Embedded, Resource, Value};

use super::model::{Order, OrderStatus};
use super::service::Limits;

/// The rules.
pub(crate) const POLICIES: Embedded = Embedded {
    service: crate::NAME,
    schema: include_str!("../../policies/orders.cedarschema"),
    policies: include_str!("../../policies/orders.cedar"),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    ViewProducts,
    ViewOrders,
    /// To place any order at all.
    PlaceOrders,
    /// To place this order.
    PlaceOrder,
    /// To cancel any order at all, so that others do not learn which orders there are.
    CancelOrders,
    /// To cancel this order.
    CancelOrder,
}

impl authorization::Action for Action {
    fn name(self) -> &'static str {
        match self {
            Self::ViewProducts => "viewProducts",
            Self::ViewOrders => "viewOrders",
            Self::PlaceOrders => "placeOrders",
            Self::PlaceOrder => "placeOrder",
            Self::CancelOrders => "cancelOrders",
            Self::CancelOrder => "cancelOrder",
        }
    }

    fn denial(self) -> &'static str {
        match self {
            Self::ViewProducts => "You may not see products",
            Self::ViewOrders => "You may not see orders",
            Self::PlaceOrders => "You may not place orders",
            Self::PlaceOrder => "You may not place this order",
            Self::CancelOrders => "You may not cancel orders",
            Self::CancelOrder => "You may not cancel this order",
        }
    }
}

/// What policies know of an order.
pub(super) fn order(order: &Order) -> Resource {
    let status = match order.status {
        OrderStatus::Placed => "placed",
        OrderStatus::Confirmed => "confirmed",
        OrderStatus::Shipped => "shipped",
        OrderStatus::Cancelled => "cancelled",
    };
    let attributes = Attributes::from([
        ("placedBy".into(), Value::user(order.placed_by)),
        ("status".into(), Value::Text(status.into())),
        ("total".into(), Value::Long(order.total)),
        ("currency".into(), Value::Text(order.currency.to_string().into())),
        ("placedAt".into(), Value::Long(order.placed_at.timestamp())),
    ]);
    Resource { kind: "Order".into(), id: order.id.to_string().into(), tenant: order.tenant, attributes }
}

/// What matters when this order is placed.
pub(super) fn placing(limits: &Limits, order: &Order) -> Attributes {
    let limit = limits.member_order.of(order.currency);
    limit.map(|limit| ("limit".into(), Value::Long(limit))).into_iter().collect()
}

/// What matters when an order is cancelled.
pub(super) fn cancelling(limits: &Limits, now: DateTime<Utc>) -> Attributes {
    let window =
        limits.cancellation_window.map(|window| ("window".into(), Value::Long(window.num_seconds())));
    let now = ("now".into(), Value::Long(now.timestamp()));
    std::iter::once(now).chain(window).collect()
}

#[cfg(test)]
mod tests {
    use test_kit::DecisionTable;

    #[test]
    fn decides_as_the_table_says() {
        DecisionTable::new(include_str!("../../policies/decisions.txt")).check(&super::POLICIES);
    }
}
