//! Fields, arguments, enum values, and the directives on them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use apollo_compiler::Name;

use super::text::{description, string};
use crate::model::Annotations;
use crate::supergraph::{
    GraphIndex, JoinField, JoinType, MergedArgument, MergedDirective, MergedEnumValue, MergedField,
    MergedKind, MergedType, Supergraph,
};

fn graph(supergraph: &Supergraph, index: GraphIndex) -> &str {
    supergraph.graphs.get(index).map_or("", |graph| graph.value.as_str())
}

/// Everything that stands on a type.
pub(super) fn type_directives(supergraph: &Supergraph, ty: &MergedType) -> Vec<String> {
    let mut directives: Vec<String> = ty.joins.iter().map(|join| join_type(supergraph, join)).collect();
    match &ty.kind {
        MergedKind::Object(composite) | MergedKind::Interface(composite) => {
            for (interface, graphs) in &composite.interfaces {
                for index in graphs {
                    let graph = graph(supergraph, *index);
                    directives.push(format!("@join__implements(graph: {graph}, interface: \"{interface}\")"));
                }
            }
        }
        MergedKind::Union { members } => {
            for (member, graphs) in members {
                for index in graphs {
                    let graph = graph(supergraph, *index);
                    directives.push(format!("@join__unionMember(graph: {graph}, member: \"{member}\")"));
                }
            }
        }
        _ => {}
    }
    directives.extend(ty.contexts.iter().map(|context| format!("@context(name: {})", string(context))));
    directives.extend(annotations(&ty.annotations));
    directives
}

fn join_type(supergraph: &Supergraph, join: &JoinType) -> String {
    let mut text = format!("@join__type(graph: {}", graph(supergraph, join.graph));
    if let Some(key) = &join.key {
        let _ = write!(text, ", key: {}", string(key));
    }
    if join.extension {
        text.push_str(", extension: true");
    }
    if !join.resolvable {
        text.push_str(", resolvable: false");
    }
    if join.is_interface_object {
        text.push_str(", isInterfaceObject: true");
    }
    text.push(')');
    text
}

fn join_field(supergraph: &Supergraph, join: &JoinField) -> String {
    let mut arguments = Vec::new();
    if let Some(index) = join.graph {
        arguments.push(format!("graph: {}", graph(supergraph, index)));
    }
    let mut text_argument = |name: &str, value: &Option<String>| {
        if let Some(value) = value {
            arguments.push(format!("{name}: {}", string(value)));
        }
    };
    text_argument("requires", &join.requires);
    text_argument("provides", &join.provides);
    text_argument("type", &join.ty);
    if join.external {
        arguments.push("external: true".to_owned());
    }
    if let Some(from) = &join.overrides {
        arguments.push(format!("override: {}", string(from)));
    }
    if join.used_overridden {
        arguments.push("usedOverridden: true".to_owned());
    }
    if let Some(label) = &join.override_label {
        arguments.push(format!("overrideLabel: {}", string(label)));
    }
    if !join.context_arguments.is_empty() {
        let all: Vec<String> = join
            .context_arguments
            .iter()
            .map(|argument| {
                format!(
                    "{{context: {}, name: {}, type: {}, selection: {}}}",
                    string(&argument.context),
                    string(&argument.name),
                    string(&argument.ty),
                    string(&argument.selection)
                )
            })
            .collect();
        arguments.push(format!("contextArguments: [{}]", all.join(", ")));
    }
    if arguments.is_empty() {
        "@join__field".to_owned()
    } else {
        format!("@join__field({})", arguments.join(", "))
    }
}

/// Writes one field of an object, interface or input object.
pub(super) fn field(out: &mut String, supergraph: &Supergraph, field: &MergedField) {
    description(out, "  ", field.description.as_deref());
    let _ = write!(out, "  {}", field.name);
    arguments(out, "  ", field.arguments.values());
    let _ = write!(out, ": {}", field.ty);
    if let Some(default) = &field.default {
        let _ = write!(out, " = {}", default.serialize().no_indent());
    }
    for join in &field.joins {
        let _ = write!(out, " {}", join_field(supergraph, join));
    }
    for directive in annotations(&field.annotations) {
        let _ = write!(out, " {directive}");
    }
    out.push('\n');
}

fn arguments<'a>(
    out: &mut String,
    indent: &str,
    all: impl ExactSizeIterator<Item = &'a MergedArgument> + Clone,
) {
    if all.len() == 0 {
        return;
    }
    let on_lines = all.clone().any(|argument| argument.description.is_some());
    let deeper = format!("{indent}  ");
    out.push('(');
    for (index, argument) in all.enumerate() {
        if on_lines {
            out.push('\n');
            description(out, &deeper, argument.description.as_deref());
            out.push_str(&deeper);
        } else if index > 0 {
            out.push_str(", ");
        }
        let _ = write!(out, "{}: {}", argument.name, argument.ty);
        if let Some(default) = &argument.default {
            let _ = write!(out, " = {}", default.serialize().no_indent());
        }
        for directive in annotations(&argument.annotations) {
            let _ = write!(out, " {directive}");
        }
    }
    if on_lines {
        let _ = write!(out, "\n{indent}");
    }
    out.push(')');
}

/// Writes one enum value.
pub(super) fn enum_value(out: &mut String, supergraph: &Supergraph, name: &Name, value: &MergedEnumValue) {
    description(out, "  ", value.description.as_deref());
    let _ = write!(out, "  {name}");
    for index in &value.graphs {
        let _ = write!(out, " @join__enumValue(graph: {})", graph(supergraph, *index));
    }
    for directive in annotations(&value.annotations) {
        let _ = write!(out, " {directive}");
    }
    out.push('\n');
}

/// Writes the definition of an executable directive.
pub(super) fn directive(out: &mut String, directive: &MergedDirective) {
    description(out, "", directive.description.as_deref());
    let _ = write!(out, "directive @{}", directive.name);
    arguments(out, "", directive.arguments.values());
    if directive.repeatable {
        out.push_str(" repeatable");
    }
    let locations: Vec<&str> = directive.locations.iter().map(|location| location.name()).collect();
    let _ = write!(out, " on {}\n\n", locations.join(" | "));
}

/// The `@link`s that composed directives need.
pub(super) fn composed_links(supergraph: &Supergraph) -> Vec<String> {
    let mut imports: Vec<(String, BTreeSet<String>)> = Vec::new();
    for composed in &supergraph.composed_directives {
        let url = format!("{}/v{}.{}", composed.spec_url, composed.version.0, composed.version.1);
        let name = string(&format!("@{}", composed.definition.name));
        let original = string(&format!("@{}", composed.original));
        let name = if name == original { name } else { format!("{{name: {original}, as: {name}}}") };
        match imports.iter_mut().find(|(known, _)| *known == url) {
            Some((_, names)) => {
                names.insert(name);
            }
            None => imports.push((url, BTreeSet::from([name]))),
        }
    }
    imports
        .into_iter()
        .map(|(url, names)| {
            let names: Vec<String> = names.into_iter().collect();
            format!("@link(url: {}, import: [{}])", string(&url), names.join(", "))
        })
        .collect()
}

fn annotations(annotations: &Annotations) -> Vec<String> {
    let mut all: Vec<String> =
        annotations.tags.iter().map(|tag| format!("@tag(name: {})", string(tag))).collect();
    if annotations.inaccessible {
        all.push("@inaccessible".to_owned());
    }
    if annotations.one_of {
        all.push("@oneOf".to_owned());
    }
    if annotations.authenticated {
        all.push("@authenticated".to_owned());
    }
    if let Some(scopes) = &annotations.scopes {
        all.push(format!("@requiresScopes(scopes: {})", alternatives(scopes)));
    }
    if let Some(policies) = &annotations.policies {
        all.push(format!("@policy(policies: {})", alternatives(policies)));
    }
    if let Some(weight) = annotations.cost {
        all.push(format!("@cost(weight: {weight})"));
    }
    if let Some(list_size) = &annotations.list_size {
        let arguments: Vec<String> = list_size
            .arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.name, argument.value.serialize().no_indent()))
            .collect();
        all.push(format!("@listSize({})", arguments.join(", ")));
    }
    all.extend(annotations.composed.iter().map(|directive| directive.serialize().no_indent().to_string()));
    if let Some(deprecation) = &annotations.deprecated {
        all.push(match &deprecation.reason {
            Some(reason) => format!("@deprecated(reason: {})", string(reason)),
            None => "@deprecated".to_owned(),
        });
    }
    all
}

fn alternatives(sets: &BTreeSet<BTreeSet<String>>) -> String {
    let sets: Vec<String> = sets
        .iter()
        .map(|set| format!("[{}]", set.iter().map(|item| string(item)).collect::<Vec<_>>().join(", ")))
        .collect();
    format!("[{}]", sets.join(", "))
}
