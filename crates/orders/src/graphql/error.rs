use subgraph_kit::error::Error;

use crate::domain;

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        use domain::Error as E;
        let text = error.to_string();
        match error {
            E::Refused(refusal) => refusal.into(),
            E::NoSuchOrder => Self::not_found(text),
            E::Lines | E::Currencies | E::OutOfRange => Self::bad_input("input.lines", text),
            E::Quantity { line } => Self::bad_input(format!("input.lines.{line}.quantity"), text),
            E::NoSuchProduct { line, .. } => Self::bad_input(format!("input.lines.{line}.productId"), text),
            E::Reason => Self::bad_input("input.reason", text),
            E::NotCancellable(_) => Self::conflict(text),
            E::Fault(fault) => fault.into(),
        }
    }
}
