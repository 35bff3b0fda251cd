//! `@cost` and `@listSize` (`https://specs.apollo.dev/cost/v0.1`).

use crate::error::{CompositionError, ErrorCode};
use crate::model::{FieldDef, SubgraphSchema, TypeDef, TypeKind};

pub(super) fn check(
    subgraph: &SubgraphSchema,
    def: &TypeDef,
    field: &FieldDef,
    errors: &mut Vec<CompositionError>,
) {
    let coordinate = format!("{}.{}", def.name, field.name);
    let mut fail = |code, message: String| {
        errors.push(subgraph.error(code, coordinate.as_str(), field.location, message));
    };
    if field.annotations.cost.is_some() && matches!(def.kind, TypeKind::Interface(_)) {
        fail(
            ErrorCode::CostAppliedToInterfaceField,
            format!(
                "@cost cannot be applied to the interface field \"{coordinate}\": its implementations have costs."
            ),
        );
    }
    let Some(list_size) = &field.annotations.list_size else { return };
    let argument = |name| list_size.specified_argument_by_name(name);
    if argument("assumedSize").and_then(|size| size.to_i32()).is_some_and(i32::is_negative) {
        fail(
            ErrorCode::ListSizeInvalidAssumedSize,
            format!("The assumed size of \"{coordinate}\" cannot be negative."),
        );
    }
    let strings = |name| argument(name).and_then(|value| value.as_list()).into_iter().flatten();
    for slicing in strings("slicingArguments").filter_map(|value| value.as_str()) {
        let code = ErrorCode::ListSizeInvalidSlicingArgument;
        match field.arguments.get(slicing) {
            None => {
                fail(code, format!("Slicing argument \"{slicing}\" is not an argument of \"{coordinate}\"."));
            }
            Some(argument) if argument.ty.is_list() || argument.ty.inner_named_type() != "Int" => {
                fail(code, format!("Slicing argument \"{coordinate}({slicing}:)\" must be Int or Int!."));
            }
            Some(_) => {}
        }
    }
    let sized: Vec<&str> = strings("sizedFields").filter_map(|value| value.as_str()).collect();
    if sized.is_empty() && !field.ty.is_list() {
        fail(ErrorCode::ListSizeAppliedToNonList, format!("\"{coordinate}\" is not a list."));
    }
    let target = field.ty.inner_named_type();
    for sized in sized {
        match subgraph.field(target, sized) {
            None => fail(
                ErrorCode::ListSizeInvalidSizedField,
                format!("Sized field \"{sized}\" is not a field of \"{target}\"."),
            ),
            Some(field) if !field.ty.is_list() => fail(
                ErrorCode::ListSizeAppliedToNonList,
                format!("Sized field \"{target}.{sized}\" is not a list."),
            ),
            Some(_) => {}
        }
    }
}
