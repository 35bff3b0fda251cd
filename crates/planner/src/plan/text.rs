//! The readable form of a plan.

use std::fmt;

use super::{
    Condition, ContextSelection, ContextValue, ContextVariable, EntityBatch, Fetch, PathStep, Plan,
    RepresentationField, Target,
};

impl Plan {
    /// The labels that decided something, then the fetches in order: what each waits for, what it asks of whom, and where the answer goes.
    pub fn to_text(&self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, active) in &self.labels {
            writeln!(f, "label {label:?} {}", if *active { "active" } else { "inactive" })?;
        }
        if self.fetches.is_empty() {
            writeln!(f, "nothing to fetch")?;
        }
        for (at, fetch) in self.fetches.iter().enumerate() {
            fetch_text(f, at, fetch)?;
        }
        Ok(())
    }
}

fn fetch_text(f: &mut fmt::Formatter<'_>, at: usize, fetch: &Fetch) -> fmt::Result {
    write!(f, "#{at} {}", fetch.subgraph)?;
    for (place, id) in fetch.after.iter().enumerate() {
        let lead = if place == 0 { " after " } else { ", " };
        write!(f, "{lead}#{}", id.0)?;
    }
    if !fetch.condition.is_always() {
        write!(f, " when {}", fetch.condition)?;
    }
    writeln!(f)?;
    if let Target::Entities { batches } = &fetch.target {
        for batch in batches {
            batch_text(f, batch)?;
        }
    }
    writeln!(f, "    {}", fetch.operation)
}

fn batch_text(f: &mut fmt::Formatter<'_>, batch: &EntityBatch) -> fmt::Result {
    write!(f, "  {} into ", batch.response_key)?;
    for (place, step) in batch.path.iter().enumerate() {
        match step {
            PathStep::Slot(slot) if place == 0 => write!(f, "{slot}")?,
            PathStep::Slot(slot) => write!(f, ".{slot}")?,
            PathStep::Types(types) => write!(f, "<{}>", types.join("|"))?,
        }
    }
    if !batch.condition.is_always() {
        write!(f, " when {}", batch.condition)?;
    }
    writeln!(f)?;
    for one in &batch.representations {
        let types = if one.types.is_empty() { String::new() } else { format!("{} as ", one.types.join("|")) };
        let name = one.typename.as_deref().unwrap_or("itself");
        writeln!(f, "    {types}{name} {{ {} }}", fields_text(&one.fields))?;
    }
    for context in &batch.contexts {
        writeln!(f, "    {}", context_text(context, &batch.path))?;
    }
    Ok(())
}

/// `$context0 = t<T|U> { T: unit | U: other }, else data { unit }`
fn context_text(context: &ContextVariable, path: &[PathStep]) -> String {
    let slots: Vec<&str> = path.iter().filter_map(PathStep::slot).collect();
    let ancestors = context.ancestors.iter().map(|ancestor| {
        let place = match slots.get(..ancestor.depth) {
            None | Some([]) => "the root".to_owned(),
            Some(way) => way.join("."),
        };
        format!("{place}{}", selections_text(&ancestor.selections))
    });
    let sure = if context.non_null { "" } else { "?" };
    format!("${}{sure} = {}", context.variable, ancestors.collect::<Vec<_>>().join(", else "))
}

fn selections_text(selections: &[ContextSelection]) -> String {
    let texts = selections.iter().map(|selection| {
        let value = match &selection.value {
            ContextValue::Null => "null".to_owned(),
            ContextValue::Typename(_) => "__typename".to_owned(),
            ContextValue::Slot { slot, selections } => format!("{slot}{}", selections_text(selections)),
        };
        if selection.types.is_empty() { value } else { format!("{}: {value}", selection.types.join("|")) }
    });
    let texts: Vec<String> = texts.collect();
    if texts.is_empty() { String::new() } else { format!(" {{ {} }}", texts.join(", ")) }
}

fn fields_text(fields: &[RepresentationField]) -> String {
    let texts = fields.iter().map(|field| {
        let mut text = field.name.clone();
        if !field.required {
            text.push('?');
        }
        if field.slot != field.name {
            text = format!("{text} = {}", field.slot);
        }
        for selection in &field.selections {
            let on = if selection.types.is_empty() {
                String::new()
            } else {
                format!("{}: ", selection.types.join("|"))
            };
            let typename = if selection.with_typename { "__typename " } else { "" };
            text = format!("{text} {{ {on}{typename}{} }}", fields_text(&selection.fields));
        }
        text
    });
    texts.collect::<Vec<_>>().join(" ")
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, of: &[Self], word: &str| {
            write!(f, "(")?;
            for (at, condition) in of.iter().enumerate() {
                if at > 0 {
                    write!(f, " {word} ")?;
                }
                write!(f, "{condition}")?;
            }
            write!(f, ")")
        };
        match self {
            Self::Always => write!(f, "always"),
            Self::Variable { name, negated: false } => write!(f, "${name}"),
            Self::Variable { name, negated: true } => write!(f, "not ${name}"),
            Self::All(all) => list(f, all, "and"),
            Self::Any(any) => list(f, any, "or"),
        }
    }
}
