//! Questions made out of a schema: every path from the roots to a leaf, to a depth, with ids and cursors wherever one can
//! stand.

use apollo_compiler::ast::Type;
use apollo_compiler::collections::IndexMap;
use apollo_compiler::schema::{Component, ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Schema};

/// How deep selections go.
const DEPTH: usize = 5;

/// A question for each field of each root, with all that can be selected below; where an id can be given, one question
/// for each of `ids`; where a page can be asked for, one for each of `cursors`.
pub(crate) fn generate(sdl: &str, ids: &[String], cursors: &[String]) -> Vec<String> {
    let schema = Schema::parse_and_validate(sdl, "api.graphql").expect("the API schema");
    let query = schema.get_object("Query").expect("Query");
    let mut questions = Vec::new();
    for (name, field) in &query.fields {
        let nobody = ["018f0000-0000-7000-8000-000000000000".to_owned()];
        let candidates = if ids.is_empty() { &nobody[..] } else { ids };
        let takes_id = field.arguments.iter().any(|argument| argument.ty.inner_named_type() == "ID");
        let wanted = if takes_id { candidates.len() } else { 1 };
        for id in candidates.iter().take(wanted) {
            let given = Given { id, cursor: None };
            questions
                .push(format!("{{ {} }}", select(&schema, name, field, given, DEPTH).unwrap_or_default()));
        }
        // Each branch of its own, wide.
        if let Some(object) = schema.get_object(field.ty.inner_named_type().as_str()).filter(|_| !takes_id) {
            for (below, child) in &object.fields {
                let pages = child.arguments.iter().any(|argument| argument.name == "after");
                let after = cursors.iter().map(|cursor| Some(cursor.as_str())).filter(|_| pages);
                for cursor in after.chain([None]) {
                    let given = Given { id: "", cursor };
                    if let Some(selection) = select(&schema, below, child, given, DEPTH - 1) {
                        questions.push(format!("{{ {name} {{ {selection} }} }}"));
                    }
                }
            }
        }
    }
    questions
}

/// What stands in the arguments.
#[derive(Clone, Copy)]
struct Given<'a> {
    id: &'a str,
    cursor: Option<&'a str>,
}

fn select(
    schema: &Schema,
    name: &str,
    field: &FieldDefinition,
    given: Given<'_>,
    depth: usize,
) -> Option<String> {
    let mut arguments = Vec::new();
    for argument in &field.arguments {
        match (argument.ty.inner_named_type().as_str(), argument.name.as_str()) {
            ("ID", name) => arguments.push(format!("{name}: \"{}\"", given.id)),
            (_, "first") => arguments.push("first: 20".to_owned()),
            (_, "after") => arguments.extend(given.cursor.map(|cursor| format!("after: \"{cursor}\""))),
            _ if matches!(*argument.ty, Type::NonNullNamed(_) | Type::NonNullList(_)) => return None,
            _ => {}
        }
    }
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    let below = |fields: &IndexMap<Name, Component<FieldDefinition>>| -> Vec<String> {
        // A cursor is for one list, not for those below it.
        let given = Given { cursor: None, ..given };
        fields.iter().filter_map(|(name, field)| select(schema, name, field, given, depth - 1)).collect()
    };
    match schema.types.get(field.ty.inner_named_type())? {
        ExtendedType::Scalar(_) | ExtendedType::Enum(_) => Some(format!("{name}{arguments}")),
        _ if depth == 0 => None,
        ExtendedType::Object(object) => wrap(name, &arguments, &below(&object.fields)),
        ExtendedType::Interface(interface) => wrap(name, &arguments, &below(&interface.fields)),
        ExtendedType::Union(union) => {
            let members = union.members.iter().filter_map(|member| {
                let fields = below(&schema.get_object(member.name.as_str())?.fields);
                (!fields.is_empty()).then(|| format!("... on {} {{ {} }}", member.name, fields.join(" ")))
            });
            wrap(name, &arguments, &members.collect::<Vec<_>>())
        }
        ExtendedType::InputObject(_) => None,
    }
}

fn wrap(name: &str, arguments: &str, fields: &[String]) -> Option<String> {
    (!fields.is_empty()).then(|| format!("{name}{arguments} {{ {} }}", fields.join(" ")))
}
