//! Random operations that are valid, or nearly always.

use std::fmt::Write as _;

use apollo_compiler::Schema;
use apollo_compiler::ast::{InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value, json};

use crate::case::Operation;
use crate::random::Random;
use crate::view::fields;
use crate::world::possible;

/// Aliases that are used again and again, two of them being names of fields too.
const ALIASES: [&str; 5] = ["a", "b", "id", "name", "c"];

/// An operation over a schema.
pub(crate) fn operation(schema: &Valid<Schema>, random: &mut Random) -> Operation {
    let mutation = schema.types.contains_key("Mutation") && random.chance(15);
    let (kind, root) = if mutation { ("mutation", "Mutation") } else { ("query", "Query") };
    let budget = 4 + random.below(30);
    let repeats = random.chance(50);
    let mut writer = Writer {
        schema,
        repeats,
        random,
        budget,
        aliases: 0,
        variables: Vec::new(),
        values: Map::new(),
        fragments: Vec::new(),
    };
    let body = writer.set(root, 0);
    let variables = match writer.variables.as_slice() {
        [] => String::new(),
        all => format!("({})", all.join(", ")),
    };
    let mut text = format!("{kind} Q{variables} {body}\n");
    for (_, fragment) in &writer.fragments {
        let _ = writeln!(text, "{fragment}");
    }
    Operation { operation: text, variables: writer.values }
}

struct Writer<'s, 'r> {
    schema: &'s Valid<Schema>,
    random: &'r mut Random,
    /// Whether a mutation's keys may repeat; else they may have conditions. Both together is a known difference (see README.md).
    repeats: bool,
    /// How many fields may still be written.
    budget: usize,
    aliases: usize,
    /// Definitions.
    variables: Vec<String>,
    values: Map<String, Value>,
    /// Type and text.
    fragments: Vec<(String, String)>,
}

impl Writer<'_, '_> {
    fn set(&mut self, ty: &str, depth: usize) -> String {
        let count = 1 + self.random.below(if depth == 0 { 5 } else { 4 });
        let mut parts: Vec<String> = (0..count).filter_map(|_| self.part(ty, depth)).collect();
        if parts.is_empty() {
            parts.push("__typename".to_owned());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn part(&mut self, ty: &str, depth: usize) -> Option<String> {
        if self.budget == 0 {
            return None;
        }
        let is_object = self.schema.types[ty].is_object();
        if depth < 7 && self.random.chance(if is_object { 10 } else { 45 }) {
            return Some(self.fragment(ty, depth));
        }
        if self.random.chance(9) {
            let alias = if self.random.chance(20) { "kind: " } else { "" };
            let directive = self.directive(ty);
            return Some(format!("{alias}__typename{directive}"));
        }
        self.field(ty, depth)
    }

    fn fragment(&mut self, ty: &str, depth: usize) -> String {
        let own = possible(self.schema, ty);
        let abstracts = self.schema.types.values().filter(|one| one.is_interface() || one.is_union());
        let abstracts = abstracts.map(|one| one.name().to_string());
        let around = abstracts.filter(|one| possible(self.schema, one).iter().any(|ty| own.contains(ty)));
        let mut targets: Vec<String> = around.collect();
        targets.extend(own.iter().cloned());
        targets.extend(own.iter().cloned());
        let target = self.random.pick(&targets).clone();
        let directive = self.directive(ty);
        if self.random.chance(20) && (ty != "Mutation" || self.repeats) {
            let known = self.fragments.iter().position(|(on, _)| *on == target);
            let at = match known {
                Some(at) if self.random.chance(70) => at,
                _ => {
                    let body = self.set(&target, depth + 1);
                    let at = self.fragments.len();
                    self.fragments.push((target.clone(), format!("fragment F{at} on {target} {body}")));
                    at
                }
            };
            return format!("...F{at}{directive}");
        }
        let condition = if self.random.chance(6) { ty.to_owned() } else { target };
        if condition == ty && self.random.chance(50) {
            return format!("...{directive} {}", self.set(ty, depth + 1));
        }
        format!("... on {condition}{directive} {}", self.set(&condition, depth + 1))
    }

    fn field(&mut self, ty: &str, depth: usize) -> Option<String> {
        let all: Vec<_> = fields(&self.schema.types[ty]).cloned().collect();
        if all.is_empty() {
            return Some("__typename".to_owned());
        }
        let field = self.random.pick(&all).clone();
        let target = field.ty.inner_named_type().as_str();
        let leaf = self.schema.types[target].is_leaf();
        if !leaf && depth > 5 {
            return None;
        }
        self.budget -= 1;
        let arguments: Vec<String> =
            field.arguments.iter().filter_map(|argument| self.argument(argument)).collect();
        let mut text = String::new();
        // Equal keys need equal arguments: another alias, nearly always.
        let single = ty == "Mutation" && !self.repeats;
        if single || (!field.arguments.is_empty() && self.random.chance(85)) {
            self.aliases += 1;
            let _ = write!(text, "k{}: ", self.aliases);
        } else if self.random.chance(20) {
            let _ = write!(text, "{}: ", self.random.pick(&ALIASES));
        }
        text.push_str(&field.name);
        if !arguments.is_empty() {
            let _ = write!(text, "({})", arguments.join(", "));
        }
        text.push_str(&self.directive(ty));
        if !leaf {
            let _ = write!(text, " {}", self.set(target, depth + 1));
        }
        Some(text)
    }

    /// Conditions, perhaps, for a selection of that type.
    fn directive(&mut self, ty: &str) -> String {
        if (ty == "Mutation" && self.repeats) || !self.random.chance(9) {
            return String::new();
        }
        let mut text = String::new();
        for name in ["skip", "include"] {
            if self.random.chance(60) {
                let value = match self.random.below(4) {
                    0 => self.random.chance(50).to_string(),
                    _ => self.boolean(),
                };
                let _ = write!(text, " @{name}(if: {value})");
            }
        }
        text
    }

    /// One of four variables, two of which have a default.
    fn boolean(&mut self) -> String {
        let at = self.random.below(4);
        let name = format!("b{at}");
        let definition = [format!("${name}: Boolean!"), format!("${name}: Boolean = {}", at == 2)]
            [usize::from(at > 1)]
        .clone();
        if !self.variables.contains(&definition) {
            self.variables.push(definition);
            if at < 2 || self.random.chance(50) {
                self.values.insert(name.clone(), json!(self.random.chance(50)));
            }
        }
        format!("${name}")
    }

    fn argument(&mut self, definition: &InputValueDefinition) -> Option<String> {
        if !definition.is_required() && self.random.chance(35) {
            return None;
        }
        let value = self.value(&definition.ty, definition.default_value.is_some(), 0);
        Some(format!("{}: {value}", definition.name))
    }

    /// A value, or a variable where one may stand.
    fn value(&mut self, ty: &Type, has_default: bool, depth: usize) -> String {
        if self.random.chance(35) {
            // In an input object, apollo-compiler does not fall back to the field's default where a variable is left out.
            return self.variable(ty, has_default && depth == 0);
        }
        if !ty.is_non_null() && self.random.chance(12) {
            return "null".to_owned();
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                // One item stands for a list of it.
                if self.random.chance(15) && !item.is_list() {
                    return self.plain(item.inner_named_type(), depth);
                }
                let items: Vec<String> =
                    (0..self.random.below(3)).map(|_| self.value(item, false, depth)).collect();
                format!("[{}]", items.join(", "))
            }
            Type::Named(name) | Type::NonNullNamed(name) => self.plain(name, depth),
        }
    }

    fn plain(&mut self, name: &str, depth: usize) -> String {
        match &self.schema.types[name] {
            ExtendedType::InputObject(input) => {
                let mut all = Vec::new();
                for field in input.fields.values() {
                    let deep = depth > 1 && field.ty.inner_named_type() == name;
                    if !deep && (field.is_required() || self.random.chance(45)) {
                        let value = self.value(&field.ty, field.default_value.is_some(), depth + 1);
                        all.push(format!("{}: {value}", field.name));
                    }
                }
                format!("{{{}}}", all.join(", "))
            }
            ExtendedType::Enum(definition) => {
                let names: Vec<String> = definition.values.keys().map(ToString::to_string).collect();
                self.random.pick(&names).clone()
            }
            _ => match name {
                "Json" => {
                    (*self.random.pick(&["{b: 1, a: [null, \"x\"]}", "[1, {}]", "\"text\"", "7"])).to_owned()
                }
                _ => self.leaf(name).to_string(),
            },
        }
    }

    fn leaf(&mut self, name: &str) -> Value {
        let small = self.random.below(4);
        match name {
            "Int" => json!(small),
            "Float" if small == 0 => json!(2),
            "Float" => json!(0.25),
            "Boolean" => json!(small == 0),
            "ID" if small == 0 => json!(12),
            "Json" => json!({ "z": [small, null], "a": { "b": "c" } }),
            _ => json!(["", "x", "\"\\ \u{e9}", "y\nz"][small]),
        }
    }

    fn variable(&mut self, ty: &Type, has_default: bool) -> String {
        let name = format!("v{}", self.variables.len());
        // Where the place has a default, a variable that may be null can stand for a value that must not; it is not null then.
        let optional = has_default && ty.is_non_null() && self.random.chance(50);
        let strict = !ty.is_non_null() && self.random.chance(25);
        let own = if optional {
            ty.clone().nullable()
        } else if strict {
            ty.clone().non_null()
        } else {
            ty.clone()
        };
        let mut text = format!("${name}: {own}");
        let with_default = self.random.chance(25);
        if with_default {
            let value = self.constant(ty);
            let _ = write!(text, " = {value}");
        }
        self.variables.push(text);
        let absent = (with_default || !own.is_non_null()) && self.random.chance(40);
        if !absent {
            let value = if !ty.is_non_null() && !strict && self.random.chance(15) {
                Value::Null
            } else {
                self.json(ty, 0)
            };
            self.values.insert(name.clone(), value);
        }
        format!("${name}")
    }

    /// The text of a value without variables.
    fn constant(&mut self, ty: &Type) -> String {
        match ty {
            Type::List(item) | Type::NonNullList(item) => format!("[{}]", self.constant(item)),
            Type::Named(name) | Type::NonNullNamed(name) => match &self.schema.types[name] {
                ExtendedType::InputObject(_) => "{}".to_owned(),
                ExtendedType::Scalar(_) if name == "Json" => "[1, {}]".to_owned(),
                _ => self.plain(name, 0),
            },
        }
    }

    fn json(&mut self, ty: &Type, depth: usize) -> Value {
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                (0..self.random.below(3)).map(|_| self.json(item, depth)).collect()
            }
            Type::Named(name) if depth > 0 && name != "Json" && self.random.chance(15) => Value::Null,
            Type::Named(name) | Type::NonNullNamed(name) => match &self.schema.types[name] {
                ExtendedType::InputObject(input) => {
                    let mut all = Map::new();
                    for field in input.fields.values() {
                        let deep = depth > 1 && field.ty.inner_named_type() == name;
                        if !deep && (field.is_required() || self.random.chance(45)) {
                            all.insert(field.name.to_string(), self.json(&field.ty, depth + 1));
                        }
                    }
                    Value::Object(all)
                }
                ExtendedType::Enum(definition) => {
                    let names: Vec<String> = definition.values.keys().map(ToString::to_string).collect();
                    json!(self.random.pick(&names))
                }
                _ => self.leaf(name),
            },
        }
    }
}
