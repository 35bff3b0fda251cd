use async_graphql::{ID, Interface};
use subgraph_kit::money::Money;

use super::order::Order;

/// A paper with a number that people write down and ask about
// Others of its kind live in other subgraphs: invoices in billing, which is also where a field leads to it.
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
}
