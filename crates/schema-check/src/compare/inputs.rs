//! What takes values: arguments of fields, fields of input types, arguments of directives.

use apollo_compiler::Name;
use apollo_compiler::ast::InputValueDefinition;

use super::Changes;
use super::type_change::is_safe_for_input;
use crate::change::ChangeKind;
use crate::usage::Fact;

/// What the compared definitions belong to.
#[derive(Clone, Copy)]
pub(super) enum Owner<'a> {
    /// A field, by its type and name.
    Field(&'a Name, &'a Name),
    /// An input type.
    InputType(&'a Name),
    /// A directive.
    Directive(&'a Name),
}

/// The kinds of change for one kind of owner.
struct Kinds {
    added: ChangeKind,
    removed: ChangeKind,
    type_changed: ChangeKind,
    default_changed: ChangeKind,
}

impl Owner<'_> {
    fn kinds(self) -> Kinds {
        match self {
            Self::Field(..) => Kinds {
                added: ChangeKind::FieldArgumentAdded,
                removed: ChangeKind::FieldArgumentRemoved,
                type_changed: ChangeKind::FieldArgumentTypeChanged,
                default_changed: ChangeKind::FieldArgumentDefaultChanged,
            },
            Self::InputType(_) => Kinds {
                added: ChangeKind::InputFieldAdded,
                removed: ChangeKind::InputFieldRemoved,
                type_changed: ChangeKind::InputFieldTypeChanged,
                default_changed: ChangeKind::InputFieldDefaultValueChanged,
            },
            Self::Directive(_) => Kinds {
                added: ChangeKind::DirectiveArgumentAdded,
                removed: ChangeKind::DirectiveArgumentRemoved,
                type_changed: ChangeKind::DirectiveArgumentTypeChanged,
                default_changed: ChangeKind::DirectiveArgumentDefaultValueChanged,
            },
        }
    }

    fn coordinate(self, name: &Name) -> String {
        match self {
            Self::Field(ty, field) => format!("{ty}.{field}({name}:)"),
            Self::InputType(ty) => format!("{ty}.{name}"),
            Self::Directive(directive) => format!("@{directive}({name}:)"),
        }
    }

    fn words(self, name: &Name) -> String {
        match self {
            Self::Field(ty, field) => format!("argument '{name}' of field '{ty}.{field}'"),
            Self::InputType(ty) => format!("input field '{ty}.{name}'"),
            Self::Directive(directive) => format!("argument '{name}' of directive '@{directive}'"),
        }
    }

    /// An operation that uses the owner at all: it can't give what did not exist.
    fn used(self) -> Fact {
        match self {
            Self::Field(ty, field) => Fact::Field(ty.clone(), field.clone()),
            Self::InputType(ty) => Fact::InputType(ty.clone()),
            Self::Directive(directive) => Fact::Directive(directive.clone()),
        }
    }

    fn given(self, name: &Name) -> Fact {
        match self {
            Self::Field(ty, field) => Fact::Argument(ty.clone(), field.clone(), name.clone()),
            Self::InputType(ty) => Fact::InputField(ty.clone(), name.clone()),
            Self::Directive(directive) => Fact::DirectiveArgument(directive.clone(), name.clone()),
        }
    }

    fn omitted(self, name: &Name) -> Fact {
        match self {
            Self::Field(ty, field) => Fact::OmittedArgument(ty.clone(), field.clone(), name.clone()),
            Self::InputType(ty) => Fact::OmittedInputField(ty.clone(), name.clone()),
            Self::Directive(directive) => Fact::OmittedDirectiveArgument(directive.clone(), name.clone()),
        }
    }
}

/// Compares all arguments or input fields of one owner.
pub(super) fn compare<'a>(
    owner: Owner<'_>,
    before: &(impl Iterator<Item = &'a InputValueDefinition> + Clone),
    after: &(impl Iterator<Item = &'a InputValueDefinition> + Clone),
    changes: &mut Changes,
) {
    let kinds = owner.kinds();
    for old in before.clone() {
        let Some(new) = after.clone().find(|new| new.name == old.name) else {
            let message = capitalised(format!("{} was removed", owner.words(&old.name)));
            changes.breaking(kinds.removed, owner.coordinate(&old.name), message, owner.given(&old.name));
            continue;
        };
        type_changed(owner, old, new, changes);
        default_changed(owner, old, new, changes);
    }
    for new in after.clone().filter(|new| !before.clone().any(|old| old.name == new.name)) {
        let words = owner.words(&new.name);
        if new.is_required() {
            let message = format!("Required {words} was added: '{}'", new.ty);
            changes.breaking(kinds.added, owner.coordinate(&new.name), message, owner.used());
        } else {
            let message = format!("Optional {words} was added: '{}'", new.ty);
            changes.dangerous(kinds.added, owner.coordinate(&new.name), message);
        }
    }
}

/// A change of the type reference.
fn type_changed(
    owner: Owner<'_>,
    old: &InputValueDefinition,
    new: &InputValueDefinition,
    changes: &mut Changes,
) {
    if old.ty == new.ty {
        return;
    }
    let (kind, at) = (owner.kinds().type_changed, owner.coordinate(&old.name));
    let message =
        capitalised(format!("{} changed type from '{}' to '{}'", owner.words(&old.name), old.ty, new.ty));
    if is_safe_for_input(&old.ty, &new.ty) {
        changes.safe(kind, at, message);
    } else if !old.ty.is_non_null() && *new.ty == (*old.ty).clone().non_null() {
        // Who gives a value can go on giving it.
        changes.breaking(kind, at, message, owner.omitted(&old.name));
    } else if new.is_required() && !old.is_required() {
        changes.breaking(kind, at, message, owner.used());
    } else {
        changes.breaking(kind, at, message, owner.given(&old.name));
    }
}

fn default_changed(
    owner: Owner<'_>,
    old: &InputValueDefinition,
    new: &InputValueDefinition,
    changes: &mut Changes,
) {
    let (before, after) = (&old.default_value, &new.default_value);
    if before == after {
        return;
    }
    let (kind, at, words) =
        (owner.kinds().default_changed, owner.coordinate(&old.name), owner.words(&old.name));
    match (before, after) {
        (None, Some(after)) => {
            changes.dangerous(kind, at, capitalised(format!("{words} got the default value '{after}'")));
        }
        (Some(before), after) => {
            let message = match after {
                Some(after) => format!("{words} changed its default value from '{before}' to '{after}'"),
                None => format!("{words} lost its default value '{before}'"),
            };
            changes.breaking(kind, at, capitalised(message), owner.omitted(&old.name));
        }
        (None, None) => {}
    }
}

fn capitalised(mut text: String) -> String {
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
