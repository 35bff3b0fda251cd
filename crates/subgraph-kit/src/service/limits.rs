use async_graphql::ObjectType;

use super::Builder;
use super::config::Limits;

/// Sets the limits that async-graphql enforces while it validates. How much an operation really answers is
/// counted while it is executed: see [`Budget`](crate::budget::Budget).
pub(super) fn apply<Q: ObjectType + 'static, M: ObjectType + 'static>(
    schema: Builder<Q, M>,
    limits: &Limits,
) -> Builder<Q, M> {
    schema
        .limit_depth(limits.depth)
        .limit_complexity(limits.fields)
        // While parsing: nested lists and objects count too.
        .limit_recursive_depth(limits.depth.saturating_mul(2))
        .limit_directives(10)
}
