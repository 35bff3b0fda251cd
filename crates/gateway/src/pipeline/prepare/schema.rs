use apollo_compiler::Schema;
use apollo_compiler::validation::Valid;

/// Incremental delivery, 2022-08-24: what Apollo's and urql's clients understand.
const DEFER: &str =
    "directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT";

/// The schema that operations are validated against: the API schema, and `@defer` where that has no directive of the name.
pub(crate) fn operation_schema(api: &Valid<Schema>) -> Result<Valid<Schema>, String> {
    if api.directive_definitions.contains_key("defer") {
        return Ok(api.clone());
    }
    let ours = Schema::parse(DEFER, "defer.graphql").map_err(|invalid| invalid.errors.to_string())?;
    let mut schema = api.clone().into_inner();
    if let Some(defer) = ours.directive_definitions.get("defer") {
        schema.directive_definitions.insert(defer.name.clone(), defer.clone());
    }
    schema.validate().map_err(|invalid| invalid.errors.to_string())
}
