//! One difference between two schemas.

use std::fmt;

use serde::Serialize;

use crate::usage::Fact;

/// How bad a change is for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Criticality {
    /// An operation that was valid may be refused, or means something else.
    Breaking,
    /// Every operation stays valid; a client may meet what it does not expect.
    Dangerous,
    /// No client can notice.
    NonBreaking,
}

/// What was changed, in the words of graphql-inspector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
#[non_exhaustive]
pub enum ChangeKind {
    DirectiveAdded,
    DirectiveArgumentAdded,
    DirectiveArgumentDefaultValueChanged,
    DirectiveArgumentRemoved,
    DirectiveArgumentTypeChanged,
    DirectiveLocationAdded,
    DirectiveLocationRemoved,
    DirectiveRemoved,
    DirectiveRepeatableAdded,
    DirectiveRepeatableRemoved,
    EnumValueAdded,
    EnumValueDeprecationAdded,
    EnumValueDeprecationRemoved,
    EnumValueRemoved,
    FieldAdded,
    FieldArgumentAdded,
    FieldArgumentDefaultChanged,
    FieldArgumentRemoved,
    FieldArgumentTypeChanged,
    FieldDeprecationAdded,
    FieldDeprecationRemoved,
    FieldRemoved,
    FieldTypeChanged,
    InputFieldAdded,
    InputFieldDefaultValueChanged,
    InputFieldRemoved,
    InputFieldTypeChanged,
    InputObjectOneOfAdded,
    InputObjectOneOfRemoved,
    ObjectTypeInterfaceAdded,
    ObjectTypeInterfaceRemoved,
    SchemaMutationTypeChanged,
    SchemaQueryTypeChanged,
    SchemaSubscriptionTypeChanged,
    TypeAdded,
    TypeDescriptionChanged,
    TypeKindChanged,
    TypeRemoved,
    FieldDescriptionChanged,
    UnionMemberAdded,
    UnionMemberRemoved,
}

impl fmt::Display for ChangeKind {
    /// The name as it stands in JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// One difference between the published and the proposed API schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// How bad it is.
    pub criticality: Criticality,
    /// What was changed.
    pub kind: ChangeKind,
    /// The schema coordinate, e.g. `Order.total`, `Query.order(id:)`, `@cached`.
    pub coordinate: String,
    /// The change in a sentence.
    pub message: String,
    /// The recorded operations that a breaking change breaks; `None` for other changes, and where no operations were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<Vec<Use>>,
    /// What an operation must do to be broken by it.
    #[serde(skip)]
    pub(crate) breaks: Option<Fact>,
}

impl Change {
    /// Whether it breaks a client: it is breaking and, where operations were given, used by one of them.
    pub fn breaks_clients(&self) -> bool {
        self.criticality == Criticality::Breaking && self.used_by.as_ref().is_none_or(|uses| !uses.is_empty())
    }
}

/// Where a recorded operation uses something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Use {
    /// The file of the operation.
    pub file: String,
    /// Its name; `None` for an anonymous operation.
    pub operation: Option<String>,
    /// The line in the file, from 1; the first where there are several.
    pub line: usize,
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation.as_deref().unwrap_or("an anonymous operation");
        write!(f, "{name} ({}:{})", self.file, self.line)
    }
}
