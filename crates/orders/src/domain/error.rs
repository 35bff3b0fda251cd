use subgraph_kit::authorization::Refusal;
use subgraph_kit::fault::Fault;
use uuid::Uuid;

use super::model::OrderStatus;
use super::rules::{LONGEST_REASON, MOST_LINES, MOST_OF_A_PRODUCT};

/// Why something was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    /// The policies do not allow it to the Caller.
    #[error("refused")]
    Refused(Refusal),
    /// The tenant has no such order.
    #[error("There is no such order")]
    NoSuchOrder,
    /// No lines, or too many.
    #[error("An order has 1 to {MOST_LINES} lines")]
    Lines,
    /// A line of nothing, or of too much. The line is counted from 0.
    #[error("A quantity is from 1 to {MOST_OF_A_PRODUCT}")]
    Quantity {
        /// Which line.
        line: usize,
    },
    /// The tenant has no such product.
    #[error("There is no product {product}")]
    NoSuchProduct {
        /// Which line.
        line: usize,
        /// What it names.
        product: Uuid,
    },
    /// The products of an order have prices in several currencies.
    #[error("The products of an order must have prices in one currency")]
    Currencies,
    /// The order is too far on its way, or cancelled already.
    #[error("{}", match .0 {
        OrderStatus::Cancelled => "The order is already cancelled",
        OrderStatus::Placed | OrderStatus::Confirmed | OrderStatus::Shipped => "The order has been shipped",
    })]
    NotCancellable(OrderStatus),
    /// A reason that is too long to be kept, or not readable.
    #[error(
        "A reason has at most {LONGEST_REASON} characters, and no control characters but ends of lines and tabs"
    )]
    Reason,
    /// Amounts add up to more than can be counted.
    #[error("The order comes to more than can be counted")]
    OutOfRange,
    /// Something failed on our side.
    #[error("{0}")]
    Fault(Fault),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
