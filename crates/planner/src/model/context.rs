//! Contexts: objects that set them, and arguments that take values from the nearest of these.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use apollo_compiler::Name;
use apollo_compiler::ast::{Type, Value};
use apollo_compiler::schema::ExtendedType;

use super::{FieldSet, TypeId, TypeInfo, field_set};
use crate::error::SupergraphError;
use crate::features::Features;
use crate::type_set::TypeSet;

/// The object types that set each context.
pub(crate) type Contexts = HashMap<String, TypeSet>;

/// An argument that the router gives and no client.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ContextArgument {
    pub(crate) name: Name,
    pub(crate) value: Arc<ContextValue>,
}

/// What is taken from the nearest object above that sets a context.
#[derive(Debug, PartialEq)]
pub(crate) struct ContextValue {
    pub(crate) context: String,
    /// One field, or one for each of several types; below each again one field.
    pub(crate) selection: FieldSet,
    /// The argument's type.
    pub(crate) ty: Type,
}

/// Reads one entry of `@join__field(contextArguments:)`.
pub(super) fn argument(
    entry: &Value,
    contexts: &HashSet<&str>,
    types: &HashMap<Name, TypeId>,
) -> Result<ContextArgument, SupergraphError> {
    let refused = |why: String| SupergraphError::Join(format!("contextArguments: {why}"));
    let text = |key: &str| {
        let fields = entry.as_object().into_iter().flatten();
        let text = fields.filter(|(name, _)| name == key).find_map(|(_, value)| value.as_str());
        text.ok_or_else(|| refused(format!("{key:?} is missing in {}", entry.serialize().no_indent())))
    };
    let (context, selection) = (text("context")?, text("selection")?);
    if !contexts.contains(context) {
        return Err(refused(format!("no type sets the context {context:?}")));
    }
    let fields = field_set::parse(selection, types)?;
    if !is_one_value(&fields) {
        return Err(refused(format!("{selection:?} does not select one value")));
    }
    let name = Name::new(text("name")?).map_err(|error| refused(error.to_string()))?;
    let ty = Type::parse(text("type")?, "contextArguments").map_err(|error| refused(error.to_string()))?;
    Ok(ContextArgument {
        name,
        value: Arc::new(ContextValue { context: context.to_owned(), selection: fields, ty }),
    })
}

fn is_one_value(fields: &FieldSet) -> bool {
    let apart = fields.iter().enumerate().all(|(at, field)| {
        !field.on.is_empty() && fields.iter().take(at).all(|before| before.on != field.on)
    });
    let below = |fields: &FieldSet| fields.is_empty() || is_one_value(fields);
    (fields.len() == 1 || (apart && !fields.is_empty())) && fields.iter().all(|field| below(&field.sub))
}

/// The object types that set each context, by `@context` on them or on what they stand behind.
pub(super) fn setters(definitions: &[&ExtendedType], types: &[TypeInfo], features: &Features) -> Contexts {
    let mut contexts = Contexts::new();
    for (definition, info) in definitions.iter().zip(types) {
        for name in names(definition, features) {
            let setters = contexts.entry(name.to_owned()).or_insert_with(TypeSet::empty);
            *setters = setters.or(&info.possible);
        }
    }
    contexts
}

/// The contexts that a type is marked with.
pub(super) fn names<'a>(definition: &'a ExtendedType, features: &Features) -> impl Iterator<Item = &'a str> {
    let marks = definition.directives().iter().filter(|directive| features.is_context(directive));
    marks.filter_map(|mark| mark.specified_argument_by_name("name").and_then(|name| name.as_str()))
}
