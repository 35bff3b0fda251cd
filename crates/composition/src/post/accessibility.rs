//! `@inaccessible` (`https://specs.apollo.dev/inaccessible/v0.2`): what is left must stand on its own.

use apollo_compiler::Name;
use apollo_compiler::ast::{Type, Value};

use crate::error::{CompositionError, ErrorCode};
use crate::model::Annotations;
use crate::supergraph::{MergedComposite, MergedKind, MergedType, Supergraph};

/// Checks that no accessible element needs an inaccessible one.
pub(super) fn check(supergraph: &Supergraph) -> Vec<CompositionError> {
    let mut check = Check { supergraph, errors: Vec::new() };
    for ty in supergraph.types.values() {
        if ty.annotations.inaccessible {
            if ty.name == "Query" {
                check.error(
                    ErrorCode::QueryRootTypeInaccessible,
                    "Query",
                    "The query root type cannot be @inaccessible.",
                );
            }
            continue;
        }
        check.ty(ty);
    }
    check.errors
}

struct Check<'a> {
    supergraph: &'a Supergraph,
    errors: Vec<CompositionError>,
}

impl Check<'_> {
    fn error(&mut self, code: ErrorCode, coordinate: &str, message: impl Into<String>) {
        self.errors.push(CompositionError::new(code, message).at(coordinate));
    }

    fn is_hidden(&self, name: &Name) -> bool {
        self.supergraph.types.get(name).is_some_and(|ty| ty.annotations.inaccessible)
    }

    fn reference(&mut self, coordinate: &str, ty: &Type) {
        let name = ty.inner_named_type();
        if self.is_hidden(name) {
            let message = format!(
                "Type \"{name}\" is @inaccessible but is referenced by \"{coordinate}\", which is not."
            );
            self.error(ErrorCode::ReferencedInaccessible, coordinate, message);
        }
    }

    fn ty(&mut self, ty: &MergedType) {
        let children: Vec<&Annotations> = match &ty.kind {
            MergedKind::Object(composite) => {
                self.composite(ty, composite);
                composite.fields.values().map(|field| &field.annotations).collect()
            }
            MergedKind::Interface(composite) => {
                self.composite(ty, composite);
                composite.fields.values().map(|field| &field.annotations).collect()
            }
            MergedKind::Input { fields } => {
                for field in fields.values().filter(|field| !field.annotations.inaccessible) {
                    let at = format!("{}.{}", ty.name, field.name);
                    self.reference(&at, &field.ty);
                    self.default_value(&at, &field.ty, field.default.as_deref());
                }
                for field in fields.values().filter(|field| field.annotations.inaccessible) {
                    if field.ty.is_non_null() && field.default.is_none() {
                        let at = format!("{}.{}", ty.name, field.name);
                        let message = format!("Input field \"{at}\" is @inaccessible but is required.");
                        self.error(ErrorCode::RequiredInaccessible, &at, message);
                    }
                }
                fields.values().map(|field| &field.annotations).collect()
            }
            MergedKind::Enum { values } => values.values().map(|value| &value.annotations).collect(),
            MergedKind::Union { members } => {
                if members.keys().all(|member| self.is_hidden(member)) {
                    let message = format!("All members of union \"{}\" are @inaccessible.", ty.name);
                    self.error(ErrorCode::OnlyInaccessibleChildren, &ty.name, message);
                }
                return;
            }
            MergedKind::Scalar { .. } => return,
        };
        if !children.is_empty() && children.iter().all(|child| child.inaccessible) {
            let message =
                format!("Type \"{}\" is accessible but all of its children are @inaccessible.", ty.name);
            self.error(ErrorCode::OnlyInaccessibleChildren, &ty.name, message);
        }
    }

    fn composite(&mut self, ty: &MergedType, composite: &MergedComposite) {
        for field in composite.fields.values().filter(|field| !field.annotations.inaccessible) {
            let at = format!("{}.{}", ty.name, field.name);
            self.reference(&at, &field.ty);
            for argument in field.arguments.values() {
                let at = format!("{at}({}:)", argument.name);
                if !argument.annotations.inaccessible {
                    self.reference(&at, &argument.ty);
                    self.default_value(&at, &argument.ty, argument.default.as_deref());
                } else if argument.ty.is_non_null() && argument.default.is_none() {
                    let message = format!("Argument \"{at}\" is @inaccessible but is required.");
                    self.error(ErrorCode::RequiredInaccessible, &at, message);
                }
            }
        }
        self.implementations(ty, composite);
    }

    /// A field that an accessible interface shows must be shown by its implementations.
    fn implementations(&mut self, ty: &MergedType, composite: &MergedComposite) {
        let supergraph = self.supergraph;
        for interface in composite.interfaces.keys().filter_map(|name| supergraph.types.get(name)) {
            let Some(promised) = interface.kind.composite().filter(|_| !interface.annotations.inaccessible)
            else {
                continue;
            };
            for field in promised.fields.values().filter(|field| !field.annotations.inaccessible) {
                let Some(own) = composite.fields.get(&field.name) else { continue };
                let at = format!("{}.{}", ty.name, field.name);
                let code = ErrorCode::ImplementedByInaccessible;
                if own.annotations.inaccessible {
                    let message = format!(
                        "Field \"{at}\" is @inaccessible but implements \"{}.{}\", which is not.",
                        interface.name, field.name
                    );
                    self.error(code, &at, message);
                }
                for argument in field.arguments.values().filter(|argument| !argument.annotations.inaccessible)
                {
                    let own = own.arguments.get(&argument.name);
                    if own.is_some_and(|own| own.annotations.inaccessible) {
                        let at = format!("{at}({}:)", argument.name);
                        let message = format!(
                            "Argument \"{at}\" is @inaccessible but implements \"{}.{}({}:)\", which is not.",
                            interface.name, field.name, argument.name
                        );
                        self.error(code, &at, message);
                    }
                }
            }
        }
    }

    fn default_value(&mut self, coordinate: &str, ty: &Type, value: Option<&Value>) {
        let Some(value) = value else { return };
        let hidden = match (value, self.supergraph.types.get(ty.inner_named_type()).map(|ty| &ty.kind)) {
            (Value::Enum(name), Some(MergedKind::Enum { values })) => {
                values.get(name).is_some_and(|value| value.annotations.inaccessible)
            }
            (Value::List(items), _) => {
                for item in items {
                    self.default_value(coordinate, ty, Some(item));
                }
                false
            }
            (Value::Object(given), Some(MergedKind::Input { fields })) => {
                let mut uses_hidden = false;
                for (name, value) in given {
                    let Some(field) = fields.get(name) else { continue };
                    uses_hidden |= field.annotations.inaccessible;
                    self.default_value(coordinate, &field.ty, Some(value));
                }
                uses_hidden
            }
            _ => false,
        };
        if hidden {
            let value = value.serialize().no_indent();
            let message =
                format!("The default value {value} of \"{coordinate}\" uses something @inaccessible.");
            self.error(ErrorCode::DefaultValueUsesInaccessible, coordinate, message);
        }
    }
}
