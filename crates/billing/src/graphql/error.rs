use subgraph_kit::error::Error;

use crate::domain;

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        use domain::Error as E;
        let text = error.to_string();
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NoSuchInvoice => Self::not_found(text),
            E::NotPositive => Self::bad_input("input.amount.amount", text),
            E::OtherCurrency(_) => Self::bad_input("input.amount.currency", text),
            E::NotOpen(_) | E::MoreThanOpen { .. } => Self::conflict(text),
            // The order came with the question.
            E::OrderCurrency { .. } => Self::bad_input("representations", text),
            E::OutOfRange => Self::internal(text),
            E::Fault(fault) => fault.into(),
        }
    }
}
