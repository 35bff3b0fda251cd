//! Every object there is, and what each of its fields is worth: a pure function of type, number, field and arguments.

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;
use serde_json::{Value, json};

use super::subgraphs::World;

/// How many objects each type has.
pub const OBJECTS: u64 = 6;

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub ty: String,
    pub number: u64,
}

/// The value of a field.
#[derive(Debug, Clone)]
pub enum Resolved {
    Null,
    Leaf(Value),
    Object(Object),
    List(Vec<Resolved>),
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)) >> 7
}

impl World {
    /// `extra`: what the field computes from, where it has `@requires`.
    pub fn resolve(&self, object: &Object, field: &str, arguments: &str, extra: &str) -> Resolved {
        let definition = self.whole.type_field(&object.ty, field).unwrap();
        let is_key = self.is_key(&object.ty, field);
        let name = format!("{field}{arguments}{extra}");
        let seed = Seed { object, name: &name, is_key, root: self.is_root(&object.ty) };
        self.value(&definition.ty, &seed, hash(&name), field)
    }

    fn is_root(&self, ty: &str) -> bool {
        {
            let roots = &self.whole.schema_definition;
            [&roots.query, &roots.mutation].into_iter().flatten().any(|name| name.name == ty)
        }
    }

    /// Whether some subgraph knows objects of this type by this field: then it is never null.
    fn is_key(&self, ty: &str, field: &str) -> bool {
        self.subgraphs.values().any(|s| {
            s.keys.iter().filter(|(of, _)| *of == ty || s.interface_objects.contains(*of)).any(|(_, keys)| {
                keys.iter().any(|key| {
                    key.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == field)
                })
            })
        }) || self.keyed_inside(field)
    }

    fn keyed_inside(&self, field: &str) -> bool {
        let mut keys = self.subgraphs.values().flat_map(|s| s.keys.values().flatten());
        keys.any(|key| key.contains('{') && key.split([' ', '{', '}']).any(|word| word == field))
    }

    fn value(&self, ty: &Type, seed: &Seed<'_>, salt: u64, field: &str) -> Resolved {
        let nullable = !ty.is_non_null() && !seed.is_key;
        if nullable && (salt ^ seed.object.number.wrapping_mul(31)) % 7 == 3 && !seed.root {
            return Resolved::Null;
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let count = (salt / 3 + seed.object.number) % 4;
                let count = if seed.root || seed.is_key { count.max(2) } else { count };
                let items =
                    (0..count).map(|at| self.value(item, seed, salt.wrapping_add(at * 17 + 1), field));
                Resolved::List(items.collect())
            }
            Type::Named(name) | Type::NonNullNamed(name) => {
                match &self.whole.types[name] {
                    ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_) => {
                        Resolved::Object(self.canonical(
                            &self.possible(name, &seed.object.ty, field),
                            seed.object.number + salt,
                        ))
                    }
                    ExtendedType::Enum(e) => {
                        let api = self.api.get_enum(name);
                        let values = &api.map_or(e, |api| api).values;
                        let at = usize::try_from((salt + seed.object.number) % values.len() as u64).unwrap();
                        Resolved::Leaf(json!(values.values().nth(at).unwrap().value.as_str()))
                    }
                    _ => Resolved::Leaf(match name.as_str() {
                        "Int" => json!(seed.object.number * 1000 + salt % 1000),
                        "Float" => json!(
                            f64::from(u32::try_from(seed.object.number * 128 + salt % 100).unwrap()) / 128.0
                        ),
                        "Boolean" => json!((salt + seed.object.number).is_multiple_of(2)),
                        _ => json!(format!(
                            "{}/{}/{}/{}",
                            seed.object.ty,
                            seed.object.number,
                            seed.name,
                            salt % 10
                        )),
                    }),
                }
            }
        }
    }

    /// The object types that a field can give: those that every subgraph which resolves it agrees on.
    fn possible(&self, name: &str, parent: &str, field: &str) -> Vec<String> {
        let mut common = possible(&self.whole, name);
        for s in self.subgraphs.values() {
            let coordinate = format!("{parent}.{field}");
            if s.external.contains(&coordinate) || s.overridden.contains(&coordinate) {
                continue;
            }
            let Ok(here) = s.schema.type_field(parent, field) else { continue };
            let target = here.ty.inner_named_type().as_str();
            if !s.interface_objects.contains(target) {
                let known = possible(&s.schema, target);
                common.retain(|t| known.contains(t));
            }
        }
        common.retain(|t| self.api.types.contains_key(t.as_str()) || common_hidden(&self.api, name));
        assert!(!common.is_empty(), "{parent}.{field} can be nothing");
        common
    }

    /// An object whose number agrees with its type where interface objects know it without the type.
    fn canonical(&self, types: &[String], number: u64) -> Object {
        let at = usize::try_from(number % types.len() as u64).unwrap();
        let ty = types[at].clone();
        let mut number = number % OBJECTS;
        for interface in &self.interface_objects {
            let all = possible(&self.whole, interface);
            if let Some(place) = all.iter().position(|t| *t == ty) {
                while number % all.len() as u64 != place as u64 {
                    number += 1;
                }
            }
        }
        Object { ty, number }
    }

    /// All objects that a representation with this type name can mean.
    pub fn candidates(&self, ty: &str) -> Vec<Object> {
        let types = possible(&self.whole, ty);
        (0..OBJECTS * 2)
            .map(|number| self.canonical(&types, number))
            .chain(
                types
                    .iter()
                    .flat_map(|t| (0..OBJECTS * 2).map(|n| self.canonical(std::slice::from_ref(t), n))),
            )
            .collect()
    }
}

struct Seed<'a> {
    object: &'a Object,
    name: &'a str,
    is_key: bool,
    root: bool,
}

fn common_hidden(api: &Schema, name: &str) -> bool {
    !api.types.contains_key(name)
}

/// The object types behind a type.
pub fn possible(schema: &Schema, name: &str) -> Vec<String> {
    let mut all: Vec<String> = match schema.types.get(name) {
        Some(ExtendedType::Object(_)) => vec![name.to_owned()],
        Some(ExtendedType::Union(union)) => union.members.iter().map(|m| m.name.to_string()).collect(),
        Some(ExtendedType::Interface(_)) => schema
            .types
            .values()
            .filter_map(|t| t.as_object())
            .filter(|o| o.implements_interfaces.iter().any(|i| i.name == name))
            .map(|o| o.name.to_string())
            .collect(),
        _ => Vec::new(),
    };
    all.sort();
    all
}
