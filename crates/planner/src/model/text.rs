//! The text form of the graph of (type, subgraph) nodes.

use std::fmt::Write as _;

use super::{FieldPresence, FieldSet, Kind, Model, Overridden, SubgraphId, TypeId};

impl Model {
    /// One line for each node, its field edges below it, then the key jumps that lead into it.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::new();
        for (index, info) in self.types.iter().enumerate() {
            if matches!(info.kind, Kind::Enum | Kind::Scalar) {
                continue;
            }
            for s in self.subgraph_ids() {
                self.node_text(TypeId(index), s, &mut text);
            }
        }
        text
    }

    fn node_text(&self, t: TypeId, s: SubgraphId, text: &mut String) {
        let Some(presence) = self.presence(t, s) else { return };
        let graph = &self.subgraphs[s.0].name;
        let what = if presence.interface_object { " (interface object)" } else { "" };
        let _ = writeln!(text, "{}@{graph}{what}", self.name(t));
        if self.is_abstract(t) {
            let names: Vec<&str> = presence.possible.iter().map(|m| self.name(m).as_str()).collect();
            let _ = writeln!(text, "  is {}", names.join(" | "));
        }
        for field in self.ty(t).fields.values() {
            if let Some(Some(here)) = field.presence.get(s.0) {
                let notes = self.notes(here);
                let _ = writeln!(text, "  {} -> {}{notes}", field.name, here.ty);
            }
        }
        for key in &presence.keys {
            let arrow = if key.resolvable { "<= key" } else { "-- key, not resolvable" };
            let _ = writeln!(text, "  {arrow} {{ {} }}", self.field_set_text(&key.fields));
        }
    }

    fn notes(&self, here: &FieldPresence) -> String {
        let mut notes = String::new();
        if here.external {
            notes.push_str(" external");
        }
        match &here.overridden {
            Overridden::No => {}
            Overridden::Always => notes.push_str(" overridden"),
            Overridden::WhileActive(label) => {
                let _ = write!(notes, " overridden while {label:?} is active");
            }
        }
        if let Some(label) = &here.needs_label {
            let _ = write!(notes, " while {label:?} is active");
        }
        if let Some(fields) = &here.requires {
            let _ = write!(notes, " requires {{ {} }}", self.field_set_text(fields));
        }
        if let Some(fields) = &here.provides {
            let _ = write!(notes, " provides {{ {} }}", self.field_set_text(fields));
        }
        for argument in &here.contextual {
            let value = &argument.value;
            let selection = self.field_set_text(&value.selection);
            let _ = write!(
                notes,
                " takes {}: {} from {} {{ {selection} }}",
                argument.name, value.ty, value.context
            );
        }
        notes
    }

    fn field_set_text(&self, fields: &FieldSet) -> String {
        let items = fields.iter().map(|item| {
            let mut text = item.name.to_string();
            if !item.arguments.is_empty() {
                let arguments: Vec<String> = item
                    .arguments
                    .iter()
                    .map(|a| format!("{}: {}", a.name, a.value.serialize().no_indent()))
                    .collect();
                let _ = write!(text, "({})", arguments.join(", "));
            }
            if !item.sub.is_empty() {
                let _ = write!(text, " {{ {} }}", self.field_set_text(&item.sub));
            }
            for t in item.on.iter().rev() {
                text = format!("... on {} {{ {text} }}", self.name(*t));
            }
            text
        });
        items.collect::<Vec<_>>().join(" ")
    }
}
