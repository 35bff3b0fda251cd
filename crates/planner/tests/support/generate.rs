//! Random valid operations, steered by a string of bytes: a shorter or smaller string is a simpler operation.

use std::fmt::Write as _;

use apollo_compiler::Schema;
use apollo_compiler::ast::Type;
use apollo_compiler::schema::ExtendedType;

use super::universe::possible;

/// Draws from bytes; zero when they are used up.
pub struct Choices<'a> {
    bytes: std::slice::Iter<'a, u8>,
}

impl Choices<'_> {
    fn below(&mut self, limit: usize) -> usize {
        if limit < 2 {
            return 0;
        }
        usize::from(*self.bytes.next().unwrap_or(&0)) % limit
    }

    fn rarely(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }
}

/// An operation's text; its variables are `$yes` (true) and `$no` (false), and `$text`.
pub fn operation(schema: &Schema, bytes: &[u8]) -> String {
    let mut choices = Choices { bytes: bytes.iter() };
    let root = schema.schema_definition.query.as_ref().unwrap().name.to_string();
    let mut writer = Writer { schema, choices: &mut choices, written: 0 };
    let body = writer.set(&root, 0);
    let mut variables = Vec::new();
    for (name, ty) in [("$yes", "Boolean!"), ("$no", "Boolean!"), ("$text", "ID!")] {
        if body.contains(name) {
            variables.push(format!("{name}: {ty}"));
        }
    }
    let header =
        if variables.is_empty() { "query".to_owned() } else { format!("query({})", variables.join(", ")) };
    format!("{header} {body}")
}

struct Writer<'s, 'c, 'b> {
    schema: &'s Schema,
    choices: &'c mut Choices<'b>,
    written: usize,
}

impl Writer<'_, '_, '_> {
    fn set(&mut self, ty: &str, depth: usize) -> String {
        let mut parts = Vec::new();
        let count = 1 + self.choices.below(if depth < 3 { 6 } else { 3 });
        for _ in 0..count {
            if let Some(part) = self.part(ty, depth) {
                parts.push(part);
            }
        }
        if parts.is_empty() {
            parts.push("__typename".to_owned());
        }
        format!("{{ {} }}", parts.join(" "))
    }

    fn part(&mut self, ty: &str, depth: usize) -> Option<String> {
        if self.written > 60 {
            return None;
        }
        let abstract_type = !self.schema.types[ty].is_object();
        if self.choices.rarely(if abstract_type { 2 } else { 12 }) && depth < 7 {
            let mut targets = possible(self.schema, ty);
            let around: Vec<String> = self
                .schema
                .types
                .values()
                .filter(|t| t.is_interface() || t.is_union())
                .map(|t| t.name().to_string())
                .filter(|i| possible(self.schema, i).iter().any(|m| targets.contains(m)))
                .collect();
            targets.extend(around);
            let target = targets[self.choices.below(targets.len())].clone();
            let inner = self.set(&target, depth + 1);
            return Some(format!("... on {target}{} {inner}", self.directive()));
        }
        if self.choices.rarely(9) {
            return Some("__typename".to_owned());
        }
        let fields = match &self.schema.types[ty] {
            ExtendedType::Object(o) => &o.fields,
            ExtendedType::Interface(i) => &i.fields,
            _ => return Some("__typename".to_owned()),
        };
        let (name, field) = fields.get_index(self.choices.below(fields.len()))?;
        let target = field.ty.inner_named_type().as_str();
        let is_leaf = self.schema.types[target].is_leaf();
        if !is_leaf && depth > 5 {
            return None;
        }
        self.written += 1;
        let mut text = String::new();
        let mut arguments = Vec::new();
        for argument in &field.arguments {
            if argument.is_required() || self.choices.rarely(3) {
                arguments.push(format!("{}: {}", argument.name, self.value(&argument.ty)));
            }
        }
        if self.choices.rarely(5) {
            let alias = ["a", "b", "id", "c"][self.choices.below(4)];
            let _ = write!(text, "{alias}: ");
        }
        text.push_str(name);
        if !arguments.is_empty() {
            let _ = write!(text, "({})", arguments.join(", "));
        }
        text.push_str(&self.directive());
        if !is_leaf {
            let inner = self.set(target, depth + 1);
            let _ = write!(text, " {inner}");
        }
        Some(text)
    }

    fn directive(&mut self) -> String {
        if !self.choices.rarely(8) {
            return String::new();
        }
        [
            "",
            " @include(if: $yes)",
            " @include(if: $no)",
            " @skip(if: $yes)",
            " @skip(if: $no)",
            " @skip(if: $no) @include(if: $yes)",
        ][self.choices.below(6)]
        .to_owned()
    }

    fn value(&mut self, ty: &Type) -> String {
        match ty {
            Type::List(inner) | Type::NonNullList(inner) => format!("[{}]", self.value(inner)),
            Type::Named(name) | Type::NonNullNamed(name) => match &self.schema.types[name] {
                ExtendedType::Enum(e) => {
                    e.values.values().nth(self.choices.below(e.values.len())).unwrap().value.to_string()
                }
                ExtendedType::InputObject(input) => {
                    let fields: Vec<_> = input.fields.values().filter(|f| f.is_required()).cloned().collect();
                    let fields: Vec<String> =
                        fields.iter().map(|f| format!("{}: {}", f.name, self.value(&f.ty))).collect();
                    format!("{{{}}}", fields.join(", "))
                }
                _ => match name.as_str() {
                    "Int" => self.choices.below(5).to_string(),
                    "Float" => "1.5".to_owned(),
                    "Boolean" => "true".to_owned(),
                    "ID" if self.choices.rarely(2) => "$text".to_owned(),
                    _ => format!("\"{}\"", self.choices.below(5)),
                },
            },
        }
    }
}
