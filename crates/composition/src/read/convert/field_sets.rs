//! `@key`, and the `fields` arguments of `@key`, `@requires` and `@provides`.

use apollo_compiler::ast;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::{Name, Node};

use super::Converter;
use crate::error::ErrorCode;
use crate::field_set::{FieldSet, FieldSetError};
use crate::model::Key;

/// The codes for a malformed `fields` argument.
#[derive(Clone, Copy)]
pub(super) struct Codes {
    no_string: ErrorCode,
    invalid: ErrorCode,
    directive: ErrorCode,
}

pub(super) const KEY_CODES: Codes = Codes {
    no_string: ErrorCode::KeyInvalidFieldsType,
    invalid: ErrorCode::KeyInvalidFields,
    directive: ErrorCode::KeyHasDirectiveInFieldsArg,
};
pub(super) const REQUIRES_CODES: Codes = Codes {
    no_string: ErrorCode::RequiresInvalidFieldsType,
    invalid: ErrorCode::RequiresInvalidFields,
    directive: ErrorCode::RequiresHasDirectiveInFieldsArg,
};
pub(super) const PROVIDES_CODES: Codes = Codes {
    no_string: ErrorCode::ProvidesInvalidFieldsType,
    invalid: ErrorCode::ProvidesInvalidFields,
    directive: ErrorCode::ProvidesHasDirectiveInFieldsArg,
};

impl Converter<'_> {
    pub(super) fn keys(&mut self, ty: &ExtendedType, name: &Name, extends: bool) -> Vec<Key> {
        let mut keys: Vec<Key> = Vec::new();
        for directive in ty.directives() {
            if self.links.canonical(&directive.name) != Some("key") {
                continue;
            }
            let Some(fields) = self.field_set(directive, name, KEY_CODES) else { continue };
            let resolvable =
                directive.specified_argument_by_name("resolvable").and_then(|value| value.to_bool())
                    != Some(false);
            keys.push(Key {
                fields,
                resolvable,
                of_extension: extends || directive.origin.extension_id().is_some(),
                location: self.at(directive.location()),
            });
        }
        keys
    }

    pub(super) fn field_set(
        &mut self,
        directive: &Node<ast::Directive>,
        coordinate: &str,
        codes: Codes,
    ) -> Option<FieldSet> {
        let at = self.at(directive.location());
        let value = directive.specified_argument_by_name("fields")?;
        let Some(text) = value.as_str() else {
            let message = format!(
                "The argument \"fields\" of @{} must be a string, not {}.",
                directive.name,
                value.serialize().no_indent()
            );
            self.error(codes.no_string, coordinate, at, message);
            return None;
        };
        match FieldSet::parse(text) {
            Ok(set) => Some(set),
            Err(FieldSetError::Syntax(why)) => {
                let message =
                    format!("On {coordinate}, @{}(fields: {value}) cannot be read: {why}.", directive.name);
                self.error(codes.invalid, coordinate, at, message);
                None
            }
            Err(FieldSetError::Directive) => {
                let message =
                    format!("On {coordinate}, @{}(fields: {value}) contains directives.", directive.name);
                self.error(codes.directive, coordinate, at, message);
                None
            }
        }
    }
}
