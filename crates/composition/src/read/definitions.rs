//! The definitions of federation that subgraph SDL usually leaves out.

use std::collections::HashSet;
use std::fmt::Write as _;

use apollo_compiler::ast::{Definition, Document};

use super::link::Links;

/// Part of GraphQL since 2025, and not known to all parsers yet.
const ONE_OF: &str = "directive @oneOf on INPUT_OBJECT\n";

/// Definitions of everything federation that `document` may use, under the names that it uses.
///
/// `document` has been stripped of its own versions, so that there is exactly one.
pub(super) fn missing(document: &Document, links: &Links) -> String {
    let mut text = format!(
        "scalar federation__FieldSet\nscalar federation__Scope\nscalar federation__Policy\n\
         scalar federation__ContextFieldValue\nscalar link__Import\n\
         enum link__Purpose {{ SECURITY EXECUTION }}\n\
         directive @{}(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA\n",
        links.link_name
    );
    for name in &links.imported_types {
        if !name.starts_with("federation__") && !name.starts_with("link__") {
            let _ = writeln!(text, "scalar {name}");
        }
    }
    let defined: HashSet<&str> = document
        .definitions
        .iter()
        .filter_map(|definition| match definition {
            Definition::DirectiveDefinition(directive) => Some(directive.name.as_str()),
            _ => None,
        })
        .collect();
    if !defined.contains("oneOf") {
        text.push_str(ONE_OF);
    }
    for (local, canonical) in links.names() {
        if is_name(local) && !defined.contains(local) {
            let _ = writeln!(text, "{}", definition(local, canonical, links.minor));
        }
    }
    text
}

/// The definition of the federation directive `canonical`, called `local`.
pub(super) fn definition(local: &str, canonical: &str, minor: u32) -> String {
    format!("directive @{local}{}", signature(canonical, minor))
}

fn is_name(text: &str) -> bool {
    apollo_compiler::Name::new(text).is_ok()
}

/// Arguments and locations. Those whose wrong values have an error code of their own take any value here.
fn signature(canonical: &str, minor: u32) -> &'static str {
    match canonical {
        "key" => {
            "(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE"
        }
        "requires" | "provides" => "(fields: federation__FieldSet!) on FIELD_DEFINITION",
        "external" => "(reason: String) on OBJECT | FIELD_DEFINITION",
        "shareable" => " repeatable on OBJECT | FIELD_DEFINITION",
        // Progressive overrides came with v2.7.
        "override" if minor < 7 => "(from: String!) on FIELD_DEFINITION",
        "override" => "(from: String!, label: String) on FIELD_DEFINITION",
        "extends" => " on OBJECT | INTERFACE",
        "inaccessible" => {
            " on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE \
             | INPUT_OBJECT | INPUT_FIELD_DEFINITION"
        }
        "tag" => {
            "(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION \
             | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCHEMA"
        }
        "interfaceObject" => " on OBJECT",
        "composeDirective" => "(name: String) repeatable on SCHEMA",
        "authenticated" => " on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM",
        "requiresScopes" => {
            "(scopes: [[federation__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
        }
        "policy" => {
            "(policies: [[federation__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM"
        }
        "context" => "(name: String!) repeatable on INTERFACE | OBJECT | UNION",
        "fromContext" => "(field: federation__ContextFieldValue) on ARGUMENT_DEFINITION",
        "cost" => {
            "(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR"
        }
        "listSize" => {
            "(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], \
             requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION"
        }
        // `@cacheTag`.
        _ => "(format: String!) repeatable on OBJECT | FIELD_DEFINITION",
    }
}
