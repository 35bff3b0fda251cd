//! Models as SDL.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::schema::{Field, Interface, Model, Object};
use super::split::{Role, Split};

/// The schema of the one server: what any subgraph has.
pub(super) fn monolith(model: &Model, split: &Split) -> String {
    let mut text = String::new();
    let all: Vec<usize> = (0..split.count).collect();
    let has = |at: usize, name: &str| split.types[at].contains(name);
    let anywhere = |name: &str| all.iter().any(|at| has(*at, name));
    let together = |one: &str, other: &str| all.iter().any(|at| has(*at, one) && has(*at, other));
    for object in model.objects.iter().filter(|object| anywhere(&object.name)) {
        let interfaces = object.interfaces.iter().filter(|name| together(name, &object.name)).cloned();
        let interfaces: Vec<String> = interfaces.collect();
        let added = interfaces.iter().filter_map(|name| model.interface(name)).flat_map(|one| &one.added);
        let fields: Vec<String> = object.fields.iter().chain(added).map(|field| line(field, "")).collect();
        block(&mut text, &head("type", &object.name, &interfaces, ""), &fields);
    }
    for interface in model.interfaces.iter().filter(|interface| anywhere(&interface.name)) {
        let known = all.iter().filter(|at| has(**at, &interface.name));
        let known: Vec<&str> = known
            .flat_map(|at| known_fields(model, split, *at, interface))
            .map(|field| field.name.as_str())
            .collect();
        let fields = interface.fields.iter().filter(|field| known.contains(&field.name.as_str()));
        let fields: Vec<String> = fields.chain(&interface.added).map(|field| line(field, "")).collect();
        block(&mut text, &head("interface", &interface.name, &[], ""), &fields);
    }
    for (name, members) in model.unions.iter().filter(|(name, _)| anywhere(name)) {
        let members: Vec<&str> =
            members.iter().map(String::as_str).filter(|member| together(name, member)).collect();
        let _ = writeln!(text, "union {name} = {}", members.join(" | "));
    }
    for (_, definition) in model.inputs.iter().filter(|(name, _)| anywhere(name)) {
        let _ = writeln!(text, "{definition}");
    }
    text
}

/// The subgraphs' schemas.
pub(super) fn subgraphs(model: &Model, split: &Split) -> BTreeMap<String, String> {
    (0..split.count).map(|at| (format!("s{at}"), subgraph(model, split, at))).collect()
}

fn subgraph(model: &Model, split: &Split, at: usize) -> String {
    let mut text = String::new();
    let has = |name: &str| split.types[at].contains(name);
    for object in model.objects.iter().filter(|object| has(&object.name)) {
        let fields: Vec<String> =
            object.fields.iter().filter_map(|field| owned(split, at, &object.name, field)).collect();
        let interfaces: Vec<String> = object.interfaces.iter().filter(|name| has(name)).cloned().collect();
        let keys = split.keys.get(&(at, object.name.clone())).into_iter().flatten();
        let keys: Vec<String> = keys.map(|key| format!(" @key(fields: \"{key}\")")).collect();
        block(&mut text, &head("type", &object.name, &interfaces, &keys.concat()), &fields);
    }
    for interface in model.interfaces.iter().filter(|interface| has(&interface.name)) {
        print_interface(&mut text, model, split, at, interface);
    }
    for (name, members) in model.unions.iter().filter(|(name, _)| has(name)) {
        let members: Vec<&str> = members.iter().map(String::as_str).filter(|member| has(member)).collect();
        let _ = writeln!(text, "union {name} = {}", members.join(" | "));
    }
    for (_, definition) in model.inputs.iter().filter(|(name, _)| has(name)) {
        let _ = writeln!(text, "{definition}");
    }
    text
}

fn print_interface(text: &mut String, model: &Model, split: &Split, at: usize, interface: &Interface) {
    if interface.is_hierarchy() && at == split.hierarchy.1 {
        let fields = interface.fields.iter().chain(&interface.added);
        let fields: Vec<String> =
            fields.filter_map(|field| owned(split, at, &interface.name, field)).collect();
        let directives = " @key(fields: \"id\") @interfaceObject";
        block(text, &head("type", &interface.name, &[], directives), &fields);
        return;
    }
    let fields: Vec<String> =
        known_fields(model, split, at, interface).map(|field| line(field, "")).collect();
    let key = if interface.is_hierarchy() { " @key(fields: \"id\")" } else { "" };
    block(text, &head("interface", &interface.name, &[], key), &fields);
}

/// The fields of an interface that its subgraph can answer for, whatever the object.
fn known_fields<'m>(
    model: &'m Model,
    split: &'m Split,
    at: usize,
    interface: &'m Interface,
) -> impl Iterator<Item = &'m Field> {
    let members = model.objects.iter().filter(move |object| {
        object.interfaces.contains(&interface.name) && split.types[at].contains(&object.name)
    });
    let members: Vec<&Object> = members.collect();
    interface.fields.iter().filter(move |field| {
        members.iter().all(|object| split.role(at, &object.name, &field.name) == Some(Role::Owner))
    })
}

/// A field, if the subgraph has it.
fn owned(split: &Split, at: usize, ty: &str, field: &Field) -> Option<String> {
    let role = split.role(at, ty, &field.name)?;
    let mut directives = match role {
        Role::External => " @external".to_owned(),
        Role::Owner if split.owners(ty, &field.name).len() > 1 => " @shareable".to_owned(),
        _ => String::new(),
    };
    if let Some(more) = split.directives.get(&(at, ty.to_owned(), field.name.clone())) {
        let _ = write!(directives, " {more}");
    }
    Some(line(field, &directives))
}

fn line(field: &Field, directives: &str) -> String {
    let arguments: Vec<&str> = field.arguments.iter().map(|(text, _)| text.as_str()).collect();
    let arguments = if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
    format!("  {}{arguments}: {}{directives}\n", field.name, field.shape.replace('_', &field.base))
}

fn head(kind: &str, name: &str, interfaces: &[String], directives: &str) -> String {
    let implements =
        if interfaces.is_empty() { String::new() } else { format!(" implements {}", interfaces.join(" & ")) };
    format!("{kind} {name}{implements}{directives}")
}

fn block(text: &mut String, head: &str, fields: &[String]) {
    if !fields.is_empty() {
        let _ = writeln!(text, "{head} {{\n{}}}", fields.concat());
    }
}
