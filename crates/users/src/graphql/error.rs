use subgraph_kit::error::Error;

use crate::domain;

impl From<domain::Error> for Error {
    fn from(error: domain::Error) -> Self {
        match error {
            domain::Error::Refused(refusal) => refusal.into(),
            domain::Error::AlreadyMember => Self::conflict("This person is a member already, or invited"),
            domain::Error::Invalid { field, reason } => Self::bad_input(field, reason),
            domain::Error::Fault(fault) => fault.into(),
        }
    }
}
