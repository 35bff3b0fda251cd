//! The query plan: what the gateway's plan runner executes, with every name resolved.
//!
//! A plan is a directed acyclic graph of fetches and the shape of the answer. The runner keeps one tree of *merged
//! data*, an ordinary JSON object. Each fetch's `data` (for entities: each entity) is merged into it deeply, by key;
//! lists merge element by element. The keys of that tree are *slots*: the response keys in the fetches' own operation
//! texts, which the planner chooses so that no two different values ever meet in one slot of one object. The answer
//! to the client is then projected out of the merged data by [`OutputSelection`].

mod context;
mod copies;
mod text;

use std::collections::BTreeMap;

use serde::Serialize;

pub use self::context::{ContextAncestor, ContextSelection, ContextValue, ContextVariable};
pub use self::copies::Copies;
pub(crate) use self::copies::{CopiedBatch, operation};

/// What to fetch and how to answer. Made once per operation; holds no variable values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Of the client's operation.
    pub kind: OperationKind,
    /// The name of the client's operation, where it has one.
    pub name: Option<String>,
    /// In topological order: a fetch stands after all fetches that it waits for.
    pub fetches: Vec<Fetch>,
    /// The answer's shape, from the operation's root type.
    pub output: OutputSelection,
    /// The uses of `@defer`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defers: Vec<Defer>,
    /// The labels of progressive `@override`s that decided something, each with whether it was active. Whatever the others
    /// are, the plan is the same.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, bool>,
}

/// A fragment whose fields may be answered later than the rest (`@defer`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Defer {
    /// The client's name for it.
    pub label: Option<String>,
    /// Where it is false, nothing is deferred.
    pub condition: Condition,
}

/// The place of a use of `@defer` in [`Plan::defers`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct DeferId(pub usize);

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OperationKind {
    /// Fetches run as soon as what they wait for is there.
    Query,
    /// Root fields run one after the other.
    Mutation,
    /// One root field, whose every event is an answer.
    Subscription,
}

/// The place of a fetch in [`Plan::fetches`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct FetchId(pub usize);

/// One request to one subgraph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fetch {
    /// The subgraph's name, as in the supergraph's `join__Graph`.
    pub subgraph: String,
    /// Fetches that must have ended before this one starts. For the root fetches of a mutation this also keeps
    /// the order of the client's fields.
    pub after: Vec<FetchId>,
    /// Where it is false, the fetch is not sent.
    pub condition: Condition,
    /// The operation text, minified. With contexts: that for one set of values in each batch.
    pub operation: String,
    /// The name of the operation in [`operation`](Self::operation), where it has one.
    pub operation_name: Option<String>,
    /// Names of the client's variables that go along under the same names.
    pub variables: Vec<String>,
    /// Where the answer belongs.
    pub target: Target,
    /// With contexts: the operation text for other numbers of sets of values.
    #[serde(skip)]
    pub copies: Option<Copies>,
}

/// Where a fetch's answer belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// `data` is merged into the root of the merged data.
    Root,
    /// `data` holds, for each batch, a list of entities in the order of the representations sent.
    Entities {
        /// The `_entities` fields of the operation, in its order.
        batches: Vec<EntityBatch>,
    },
}

/// One `_entities` field of a fetch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EntityBatch {
    /// The key of the list in the fetch's `data`: `_entities`, or an alias where several batches share a fetch.
    pub response_key: String,
    /// The name of the variable that takes the representations.
    pub variable: String,
    /// From the root of the merged data to the objects; lists on the way are walked element by element.
    pub path: Vec<PathStep>,
    /// Where it is false, nothing is asked of these objects.
    #[serde(skip_serializing_if = "Condition::is_always")]
    pub condition: Condition,
    /// How to describe an object, by its runtime type. An object that none of them fits is not asked about, nor is
    /// one whose required values are null or missing.
    pub representations: Vec<Representation>,
    /// Variables with values from objects above. Objects are asked about together only where they agree in all of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<ContextVariable>,
}

/// One step from an object (or each of a list) to the next.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PathStep {
    /// Into the value of a slot.
    Slot(String),
    /// Goes on only with objects whose `__typename` slot is one of these object types.
    Types(Vec<String>),
}

impl PathStep {
    /// The slot that it leads into.
    pub fn slot(&self) -> Option<&str> {
        if let Self::Slot(slot) = self { Some(slot) } else { None }
    }
}

/// The representation of entities of some runtime types.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Representation {
    /// The runtime object types it is for, read from the slot `__typename`. Empty: all (the static type is an object
    /// type, and the slot may be absent).
    pub types: Vec<String>,
    /// The `__typename` to send. `None`: that of the object itself. (They differ for interface objects.)
    pub typename: Option<String>,
    /// The key, and what the fetch's fields require.
    pub fields: Vec<RepresentationField>,
}

/// One field of a representation (or of an object inside it).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepresentationField {
    /// The field's name in the subgraph's schema.
    pub name: String,
    /// The slot of the merged data that its value is read from.
    pub slot: String,
    /// Where it is true (a key field), a null or missing value means that no representation is sent. Otherwise null
    /// goes along as null.
    pub required: bool,
    /// For objects: what to take of each (lists are mapped element by element), by runtime type. Empty for leaves,
    /// which are copied as they are.
    pub selections: Vec<RepresentationSelection>,
}

/// What to take of a nested object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepresentationSelection {
    /// As in [`Representation::types`].
    pub types: Vec<String>,
    /// Whether `__typename` is sent along.
    pub with_typename: bool,
    /// Its own fields.
    pub fields: Vec<RepresentationField>,
}

/// A condition on the client's variables, from `@skip` and `@include`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// No condition.
    Always,
    /// True when the Boolean variable is true (or, negated, false).
    Variable {
        /// Without `$`.
        name: String,
        /// True when the variable is false.
        negated: bool,
    },
    /// All hold.
    All(Vec<Condition>),
    /// At least one holds; never, where there is none.
    Any(Vec<Condition>),
}

impl Condition {
    /// Whether there is no condition.
    pub fn is_always(&self) -> bool {
        *self == Self::Always
    }
}

/// What of an object goes to the client, in the order of the GraphQL specification's CollectFields: each response key
/// that can occur at this place once for each group of runtime types that agree on it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OutputSelection {
    /// In the order of the answer.
    pub fields: Vec<OutputField>,
}

/// One entry of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutputField {
    /// The key in the client's answer.
    pub response_key: String,
    /// Object types that have it, by the slot `__typename`. Empty: all.
    pub types: Vec<String>,
    /// Where it is false, the key is absent.
    pub condition: Condition,
    /// The deferred fragments that it stands in, the outermost first, counted from the surrounding entry. Empty where it is
    /// part of that entry's answer, which it is as well where it stands in no deferred fragment elsewhere.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defer: Vec<DeferId>,
    /// Where its value comes from.
    pub source: Source,
}

/// Where an entry's value comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A slot of the merged data; missing counts as null.
    Slot {
        /// The key in the merged data.
        slot: String,
        /// What the value must look like.
        shape: Shape,
    },
    /// `__typename`. `Some`: known from the schema. `None`: read from the slot `__typename`.
    Typename(Option<String>),
    /// `__schema` or `__type` at the root: answered from the API schema, under the same response key.
    Introspection,
}

/// The type of a value in the API schema, for null propagation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shape {
    /// `!`: a null here makes the surrounding list or object null, with an error.
    pub non_null: bool,
    /// What a value that is not null is.
    pub content: Content,
}

/// What a non-null value is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A scalar, copied as it is (built-in scalars are checked against `name`).
    Scalar {
        /// The scalar's name.
        name: String,
    },
    /// An enum: a value outside of `values` (those of the API schema) becomes null with an error that does not tell it.
    Enum {
        /// The enum's name.
        name: String,
        /// What clients may see.
        values: Vec<String>,
    },
    /// A list of values of this shape.
    List(Box<Shape>),
    /// A composite type. `types` are the object types of the API schema that may stand here; an object with another
    /// `__typename` becomes null with an error that does not tell it. Where there is exactly one, the slot
    /// `__typename` may be absent.
    Object {
        /// The object types that may stand here. Empty: any, and nobody looks at which; the slot `__typename` may be
        /// missing.
        types: Vec<String>,
        /// What of the object goes to the client.
        selection: OutputSelection,
    },
}
