//! What can go wrong, with stable codes.

/// A supergraph that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SupergraphError {
    /// The text is no valid GraphQL schema. Holds the parser's or validator's report.
    #[error("the supergraph is not a valid schema: {0}")]
    Invalid(String),
    /// It is a valid schema, but not one that composition makes.
    #[error("the supergraph does not follow the join specification: {0}")]
    Join(String),
    /// It links a feature that must not be passed over and is not implemented here.
    #[error("it links {feature}, which is not implemented here: {reason}")]
    UnsupportedFeature {
        /// The feature's address, as it is linked.
        feature: String,
        /// Why that matters.
        reason: String,
    },
    /// What is left for clients, after taking away everything inaccessible, is not a valid schema.
    #[error("the API schema is not valid: {0}")]
    Api(String),
}

impl SupergraphError {
    /// The stable code, documented in docs/errors.md.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "SUPERGRAPH_INVALID",
            Self::Join(_) => "SUPERGRAPH_JOIN_INVALID",
            Self::UnsupportedFeature { .. } => "SUPERGRAPH_FEATURE_UNSUPPORTED",
            Self::Api(_) => "API_SCHEMA_INVALID",
        }
    }
}

/// An operation that cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The document has no operation of that name, or several and no name was given.
    #[error("{0}")]
    UnknownOperation(String),
    /// The operation is larger, once its fragments are flattened, than [`Options`](crate::Options) allow.
    #[error("the operation is too complex: it needs more than {limit} {what}")]
    TooComplex {
        /// What there is too much of.
        what: &'static str,
        /// The limit that was met.
        limit: usize,
    },
    /// No sequence of fetches leads to a field. Composition's satisfiability check exists to rule this out.
    #[error("no subgraph can resolve {coordinate} at {path}")]
    Unreachable {
        /// The field, such as `Order.total`.
        coordinate: String,
        /// Response keys from the root, joined by dots.
        path: String,
    },
}

impl PlanError {
    /// The stable code, for `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownOperation(_) => "BAD_REQUEST",
            Self::TooComplex { .. } => "OPERATION_TOO_COMPLEX",
            Self::Unreachable { .. } => "INTERNAL_SERVER_ERROR",
        }
    }
}
