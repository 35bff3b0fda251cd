use subgraph_kit::authorization::Refusal;
use subgraph_kit::fault::Fault;

/// Why the domain did not do what was asked.
#[derive(Debug, Clone)]
pub(crate) enum Error {
    /// The policies do not allow it to the Caller.
    Refused(Refusal),
    /// The person is a member of the organization already, or invited.
    AlreadyMember,
    /// An input has a value that cannot be used; the text may be shown.
    Invalid {
        /// The input.
        field: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Something failed on our side.
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
