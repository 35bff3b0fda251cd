//! Types that nothing shown leads to.

use std::collections::{HashMap, HashSet};

use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Schema};

use super::hidden::{Hidden, fields, interfaces};

/// Hides all types that cannot be reached from a root type or from the argument of an executable directive.
pub(super) fn hide_others(schema: &Schema, hidden: &mut Hidden) {
    let roots = &schema.schema_definition;
    let mut implementations: HashMap<&Name, Vec<&Name>> = HashMap::new();
    for ty in schema.types.values() {
        for interface in interfaces(ty) {
            implementations.entry(interface).or_default().push(ty.name());
        }
    }
    let mut queue: Vec<&Name> = [&roots.query, &roots.mutation, &roots.subscription]
        .into_iter()
        .flatten()
        .map(|root| &root.name)
        .collect();
    let directives = schema.directive_definitions.values();
    queue.extend(directives.flat_map(|def| &def.arguments).map(|argument| argument.ty.inner_named_type()));
    let mut reached: HashSet<&Name> = HashSet::new();
    while let Some(name) = queue.pop() {
        let Some(ty) = schema.types.get(name) else { continue };
        if hidden.has_type(name) || !reached.insert(name) {
            continue;
        }
        queue.extend(implementations.get(name).into_iter().flatten());
        queue.extend(interfaces(ty));
        for (field, def) in fields(ty).filter(|(field, _)| !hidden.has_member(name, field)) {
            queue.push(def.ty.inner_named_type());
            let shown = def.arguments.iter().filter(|a| !hidden.has_argument(name, field, &a.name));
            queue.extend(shown.map(|argument| argument.ty.inner_named_type()));
        }
        match ty {
            ExtendedType::Union(def) => queue.extend(def.members.iter().map(|member| &member.name)),
            ExtendedType::InputObject(def) => {
                let shown = def.fields.iter().filter(|(field, _)| !hidden.has_member(name, field));
                queue.extend(shown.map(|(_, field)| field.ty.inner_named_type()));
            }
            _ => {}
        }
    }
    for name in schema.types.keys().filter(|name| !reached.contains(name)) {
        hidden.hide_type(name);
    }
}
