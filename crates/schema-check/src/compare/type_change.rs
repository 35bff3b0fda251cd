//! Which changes of a type reference no operation can notice.

use apollo_compiler::ast::Type;

/// Where values go to clients: what was promised must still hold, so a type may only become narrower.
pub(super) fn is_safe_for_output(before: &Type, after: &Type) -> bool {
    match (non_null(before), non_null(after)) {
        (Some(before), Some(after)) => is_safe_for_output(&before, &after),
        (Some(_), None) => false,
        (None, Some(after)) => is_safe_for_output(before, &after),
        (None, None) => match (before, after) {
            (Type::List(before), Type::List(after)) => is_safe_for_output(before, after),
            _ => before == after,
        },
    }
}

/// Where values come from clients: what was accepted must still be, so a type may only become wider.
pub(super) fn is_safe_for_input(before: &Type, after: &Type) -> bool {
    match (non_null(before), non_null(after)) {
        (Some(before), Some(after)) => is_safe_for_input(&before, &after),
        (Some(before), None) => is_safe_for_input(&before, after),
        (None, Some(_)) => false,
        (None, None) => match (before, after) {
            (Type::List(before), Type::List(after)) => is_safe_for_input(before, after),
            _ => before == after,
        },
    }
}

/// The type without its `!`, where it has one.
fn non_null(ty: &Type) -> Option<Type> {
    ty.is_non_null().then(|| ty.clone().nullable())
}
