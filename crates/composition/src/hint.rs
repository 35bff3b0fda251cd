//! Hints: what is legal and may still be a mistake.

use std::fmt;

use crate::error::{Location, codes};
use crate::spot;

codes! {
    /// What is legal but suspicious.
    HintCode {
        /// The types of a field or input field differ, in a way that can be merged.
        InconsistentButCompatibleFieldType = "INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE",
        /// The types of an argument differ, in a way that can be merged.
        InconsistentButCompatibleArgumentType = "INCONSISTENT_BUT_COMPATIBLE_ARGUMENT_TYPE",
        /// An object type has a `@key` in some subgraphs only.
        InconsistentEntity = "INCONSISTENT_ENTITY",
        /// A field of an object type without keys exists in some subgraphs only.
        InconsistentObjectValueTypeField = "INCONSISTENT_OBJECT_VALUE_TYPE_FIELD",
        /// A field of an interface without keys exists in some subgraphs only.
        InconsistentInterfaceValueTypeField = "INCONSISTENT_INTERFACE_VALUE_TYPE_FIELD",
        /// A member of a union is known to some subgraphs only.
        InconsistentUnionMember = "INCONSISTENT_UNION_MEMBER",
        /// A value of an output enum is known to some subgraphs only.
        InconsistentEnumValueForOutputEnum = "INCONSISTENT_ENUM_VALUE_FOR_OUTPUT_ENUM",
        /// An enum is used nowhere.
        UnusedEnumType = "UNUSED_ENUM_TYPE",
        /// The arguments of a directive differ and were merged.
        MergedNonRepeatableDirectiveArguments = "MERGED_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
        /// The arguments of a directive differ, and one subgraph's were taken.
        InconsistentNonRepeatableDirectiveArguments = "INCONSISTENT_NON_REPEATABLE_DIRECTIVE_ARGUMENTS",
        /// An executable directive is repeatable in some subgraphs only, so it is not.
        InconsistentExecutableDirectiveRepeatable = "INCONSISTENT_EXECUTABLE_DIRECTIVE_REPEATABLE",
        /// An executable directive keeps the locations that all subgraphs allow.
        InconsistentExecutableDirectiveLocations = "INCONSISTENT_EXECUTABLE_DIRECTIVE_LOCATIONS",
        /// An executable directive is left out: its definitions have no location, or no needed argument, in common.
        NoExecutableDirectiveIntersection = "NO_EXECUTABLE_DIRECTIVE_INTERSECTION",
        /// An argument exists in some of the subgraphs that have the field, so it is left out.
        InconsistentArgumentPresence = "INCONSISTENT_ARGUMENT_PRESENCE",
        /// A default value stands in some subgraphs only, so it is left out.
        InconsistentDefaultValuePresence = "INCONSISTENT_DEFAULT_VALUE_PRESENCE",
        /// Descriptions differ.
        InconsistentDescription = "INCONSISTENT_DESCRIPTION",
        /// An enum value of an input-only enum is left out.
        InconsistentEnumValueForInputEnum = "INCONSISTENT_ENUM_VALUE_FOR_INPUT_ENUM",
        /// An input field exists in some subgraphs only, so it is left out.
        InconsistentInputObjectField = "INCONSISTENT_INPUT_OBJECT_FIELD",
        /// An executable directive is left out because it is not in all subgraphs.
        InconsistentExecutableDirectivePresence = "INCONSISTENT_EXECUTABLE_DIRECTIVE_PRESENCE",
        /// `@override(from:)` names an unknown subgraph.
        FromSubgraphDoesNotExist = "FROM_SUBGRAPH_DOES_NOT_EXIST",
        /// The overridden field does not exist any more: the `@override` can go.
        OverrideDirectiveCanBeRemoved = "OVERRIDE_DIRECTIVE_CAN_BE_REMOVED",
        /// The overridden field is of no use any more.
        OverriddenFieldCanBeRemoved = "OVERRIDDEN_FIELD_CAN_BE_REMOVED",
        /// A progressive `@override` is under way.
        OverrideMigrationInProgress = "OVERRIDE_MIGRATION_IN_PROGRESS",
        /// The subgraphs that share a field of abstract type do not all know the same object types for it.
        InconsistentRuntimeTypesForShareableReturn = "INCONSISTENT_RUNTIME_TYPES_FOR_SHAREABLE_RETURN",
        /// An argument is contextual in one subgraph only: in the others it gets no value.
        ContextualArgumentNotContextualInAllSubgraphs = "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS",
        /// A specification is linked in several major versions, or a directive is composed anyway without being named.
        DirectiveCompositionInfo = "DIRECTIVE_COMPOSITION_INFO",
        /// A composed directive has another name in a subgraph that does not compose it.
        DirectiveCompositionWarn = "DIRECTIVE_COMPOSITION_WARN",
        /// A field that another subgraph provides is not `@shareable`: other composers refuse this.
        ProvidedFieldNotShareable = "PROVIDED_FIELD_NOT_SHAREABLE",
    }
}

/// How much a hint matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HintLevel {
    /// For whoever wonders why the supergraph is as it is: usual in a healthy graph.
    Debug,
    /// Something can be tidied up.
    Info,
    /// Probably a mistake.
    Warn,
}

impl HintCode {
    /// How much hints with this code matter.
    pub fn level(self) -> HintLevel {
        match self {
            Self::InconsistentEntity
            | Self::InconsistentObjectValueTypeField
            | Self::InconsistentInterfaceValueTypeField
            | Self::InconsistentUnionMember
            | Self::InconsistentEnumValueForOutputEnum
            | Self::UnusedEnumType => HintLevel::Debug,
            Self::InconsistentButCompatibleFieldType
            | Self::InconsistentButCompatibleArgumentType
            | Self::DirectiveCompositionInfo
            | Self::MergedNonRepeatableDirectiveArguments
            | Self::OverriddenFieldCanBeRemoved
            | Self::OverrideDirectiveCanBeRemoved
            | Self::OverrideMigrationInProgress => HintLevel::Info,
            _ => HintLevel::Warn,
        }
    }
}

/// Something legal that may be a mistake.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Hint {
    /// The stable code.
    pub code: HintCode,
    /// What is suspicious, for people.
    pub message: String,
    /// The schema coordinate.
    pub coordinate: String,
    /// The subgraph that it is about; when it is about several, the first that defines the coordinate.
    pub subgraph: Option<String>,
    /// Where in the subgraph's SDL.
    pub location: Option<Location>,
}

impl Hint {
    pub(crate) fn new(code: HintCode, coordinate: impl Into<String>, message: impl Into<String>) -> Self {
        let (coordinate, message) = (coordinate.into(), message.into());
        Self { code, message, coordinate, subgraph: None, location: None }
    }

    pub(crate) fn in_subgraph(mut self, name: impl Into<String>, location: Option<Location>) -> Self {
        self.subgraph = Some(name.into());
        self.location = location;
        self
    }

    /// How much it matters.
    pub fn level(&self) -> HintLevel {
        self.code.level()
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spot = spot::text(self.subgraph.as_deref(), self.location);
        write!(f, "{}{spot} {}: {}", self.code, self.coordinate, self.message)
    }
}
