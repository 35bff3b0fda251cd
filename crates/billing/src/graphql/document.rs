use async_graphql::{ID, Interface};
use subgraph_kit::money::Money;

use super::invoice::Invoice;
use super::order::Order;

/// A paper with a number that people write down and ask about
// An order lives in orders: what is read of one through this interface crosses subgraphs.
#[derive(Debug, Clone, Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(
        name = "number",
        ty = "&str",
        desc = "The number as people write it, unique among those of its kind"
    ),
    field(name = "total", ty = "Money", desc = "What all its lines come to")
)]
pub(super) enum Document {
    Order(Order),
    Invoice(Invoice),
}
