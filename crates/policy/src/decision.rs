use std::sync::Arc;

/// Whether something may be done, and by which policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may.
    pub allowed: bool,
    /// The ids of the policies that decided, sorted: the permits where it may, the forbids where one applies. None where it
    /// is denied because no policy permits it.
    pub policies: Vec<Arc<str>>,
    /// The ids of the policies that could not be evaluated, sorted. Such a policy may have been a forbid, so with one of
    /// them nothing is allowed.
    pub errors: Vec<Arc<str>>,
}
