use subgraph_kit::authorization::Refusal;
use subgraph_kit::fault::Fault;
use subgraph_kit::money::Currency;

use super::model::InvoiceStatus;

/// Why something was not done.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Error {
    /// The policies do not allow it to the Caller.
    #[error("refused")]
    Refused(Refusal),
    /// The tenant has no such invoice.
    #[error("There is no such invoice")]
    NoSuchInvoice,
    /// A payment of nothing, or less.
    #[error("A payment must be more than zero")]
    NotPositive,
    /// A payment in a currency that is not the invoice's.
    #[error("The invoice is in {0}")]
    OtherCurrency(Currency),
    /// The invoice takes no payment any more.
    #[error("{}", match .0 {
        InvoiceStatus::Paid => "The invoice is already paid in full",
        InvoiceStatus::Void | InvoiceStatus::Open => "The invoice is void",
    })]
    NotOpen(InvoiceStatus),
    /// A payment of more than what is open, in minor units.
    #[error("Only {open} of the smallest unit of {currency} are open on the invoice")]
    MoreThanOpen {
        /// What is open.
        open: i64,
        /// Of what.
        currency: Currency,
    },
    /// The required total of an order is in another currency than its invoice: the subgraphs contradict each other.
    #[error("an order in {order} has an invoice in {invoice}")]
    OrderCurrency {
        /// The currency of the order.
        order: Currency,
        /// The currency of the invoice.
        invoice: Currency,
    },
    /// Amounts add up to more than can be counted.
    #[error("an amount is out of range")]
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
