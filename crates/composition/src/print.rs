//! Stage 6: the supergraph as SDL, with the directives of `https://specs.apollo.dev/join` v0.3 to v0.5.

mod definitions;
mod element;
mod features;
mod text;

use std::fmt::Write as _;

use apollo_compiler::Name;

use crate::supergraph::{MergedKind, MergedType, Supergraph};
pub(crate) use definitions::INACCESSIBLE;
use features::Features;
use text::{description, string};

/// Prints `supergraph`. Same input, same bytes.
pub(crate) fn supergraph(supergraph: &Supergraph) -> String {
    let features = Features::of(supergraph);
    let mut out = String::new();
    schema(&mut out, supergraph, features);
    definitions::directives(&mut out, features, supergraph.join);
    for composed in &supergraph.composed_directives {
        let _ = write!(out, "{}\n\n", composed.definition.to_string().trim_end());
    }
    for directive in &supergraph.executable_directives {
        element::directive(&mut out, directive);
    }
    definitions::types(&mut out, supergraph);
    for ty in supergraph.types.values() {
        type_definition(&mut out, supergraph, ty);
    }
    let kept = out.trim_end().len();
    out.truncate(kept);
    out.push('\n');
    out
}

fn schema(out: &mut String, supergraph: &Supergraph, features: Features) {
    out.push_str("schema\n");
    for link in features.links(supergraph.join) {
        let _ = writeln!(out, "  {link}");
    }
    for link in element::composed_links(supergraph) {
        let _ = writeln!(out, "  {link}");
    }
    out.push_str("{\n");
    for (operation, root) in [("query", "Query"), ("mutation", "Mutation"), ("subscription", "Subscription")]
    {
        let has_fields = supergraph
            .types
            .get(root)
            .and_then(|ty| ty.kind.composite())
            .is_some_and(|composite| !composite.fields.is_empty());
        if has_fields {
            let _ = writeln!(out, "  {operation}: {root}");
        }
    }
    out.push_str("}\n\n");
}

fn type_definition(out: &mut String, supergraph: &Supergraph, ty: &MergedType) {
    let empty_root = matches!(ty.name.as_str(), "Query" | "Mutation" | "Subscription")
        && ty.kind.composite().is_some_and(|composite| composite.fields.is_empty());
    if empty_root {
        return;
    }
    description(out, "", ty.description.as_deref());
    let keyword = match &ty.kind {
        MergedKind::Scalar { .. } => "scalar",
        MergedKind::Object(_) => "type",
        MergedKind::Interface(_) => "interface",
        MergedKind::Union { .. } => "union",
        MergedKind::Enum { .. } => "enum",
        MergedKind::Input { .. } => "input",
    };
    let _ = write!(out, "{keyword} {}", ty.name);
    if let Some(composite) = ty.kind.composite().filter(|composite| !composite.interfaces.is_empty()) {
        let interfaces: Vec<&str> = composite.interfaces.keys().map(Name::as_str).collect();
        let _ = write!(out, " implements {}", interfaces.join(" & "));
    }
    out.push('\n');
    for directive in element::type_directives(supergraph, ty) {
        let _ = writeln!(out, "  {directive}");
    }
    match &ty.kind {
        MergedKind::Scalar { specified_by } => {
            if let Some(url) = specified_by {
                let _ = writeln!(out, "  @specifiedBy(url: {})", string(url));
            }
        }
        MergedKind::Object(composite) | MergedKind::Interface(composite) => {
            out.push_str("{\n");
            for field in composite.fields.values() {
                element::field(out, supergraph, field);
            }
            out.push_str("}\n");
        }
        MergedKind::Union { members } => {
            let members: Vec<&str> = members.keys().map(Name::as_str).collect();
            let _ = writeln!(out, "= {}", members.join(" | "));
        }
        MergedKind::Enum { values } => {
            out.push_str("{\n");
            for (name, value) in values {
                element::enum_value(out, supergraph, name, value);
            }
            out.push_str("}\n");
        }
        MergedKind::Input { fields } => {
            out.push_str("{\n");
            for field in fields.values() {
                element::field(out, supergraph, field);
            }
            out.push_str("}\n");
        }
    }
    out.push('\n');
}
