use async_graphql::InputObject;
use subgraph_kit::scalar::DateTime;

use super::order::OrderStatus;
use crate::domain;

/// Which orders; what is left out does not matter
#[derive(Debug, Default, InputObject)]
pub(super) struct OrderFilter {
    /// With one of these statuses
    statuses: Option<Vec<OrderStatus>>,
    /// Placed after this moment
    placed_after: Option<DateTime>,
    /// Placed before this moment
    placed_before: Option<DateTime>,
}

impl From<OrderFilter> for domain::OrderFilter {
    fn from(filter: OrderFilter) -> Self {
        let mut statuses: Vec<domain::OrderStatus> =
            filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect();
        // Equal filters are loaded together, however they are written.
        statuses.sort_unstable();
        statuses.dedup();
        Self {
            statuses,
            placed_after: filter.placed_after.map(DateTime::utc),
            placed_before: filter.placed_before.map(DateTime::utc),
        }
    }
}
