//! Errors: a stable code, words for people, and the spot.

use std::fmt;

use crate::spot;

/// A place in a subgraph's SDL, counted from 1; columns are characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// An enum of codes, each with the text that tools of the ecosystem know.
macro_rules! codes {
    ($(#[$outer:meta])* $name:ident { $($(#[$inner:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum $name { $($(#[$inner])* $variant,)* }

        impl $name {
            /// The code as tools of the ecosystem write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use codes;

codes! {
    /// Why composition failed. The names are those of the federation ecosystem.
    ErrorCode {
        /// The SDL does not parse, or breaks a rule of GraphQL itself.
        InvalidGraphql = "INVALID_GRAPHQL",
        /// A subgraph's name is empty, reserved or taken.
        InvalidSubgraphName = "INVALID_SUBGRAPH_NAME",
        /// No subgraph has a query field.
        NoQueries = "NO_QUERIES",
        /// A `@link` cannot be understood, or imports what its specification does not have.
        InvalidLinkDirectiveUsage = "INVALID_LINK_DIRECTIVE_USAGE",
        /// A version of the federation specification is unknown.
        UnknownFederationLinkVersion = "UNKNOWN_FEDERATION_LINK_VERSION",
        /// A type named `Query` exists beside another query root.
        RootQueryUsed = "ROOT_QUERY_USED",
        /// A type named `Mutation` exists beside another mutation root.
        RootMutationUsed = "ROOT_MUTATION_USED",
        /// A type named `Subscription` exists beside another subscription root.
        RootSubscriptionUsed = "ROOT_SUBSCRIPTION_USED",
        /// The `fields` of a `@key` is no string.
        KeyInvalidFieldsType = "KEY_INVALID_FIELDS_TYPE",
        /// The `fields` of a `@key` does not select existing fields.
        KeyInvalidFields = "KEY_INVALID_FIELDS",
        /// A `@key` selects a field that has arguments.
        KeyFieldsHasArgs = "KEY_FIELDS_HAS_ARGS",
        /// A `@key` selects a field of union or interface type.
        KeyFieldsSelectInvalidType = "KEY_FIELDS_SELECT_INVALID_TYPE",
        /// `@key` stands on an interface, which federation allows from v2.3 on.
        KeyUnsupportedOnInterface = "KEY_UNSUPPORTED_ON_INTERFACE",
        /// A `@key` contains directives.
        KeyHasDirectiveInFieldsArg = "KEY_HAS_DIRECTIVE_IN_FIELDS_ARG",
        /// The `fields` of a `@requires` is no string.
        RequiresInvalidFieldsType = "REQUIRES_INVALID_FIELDS_TYPE",
        /// The `fields` of a `@requires` does not select existing fields.
        RequiresInvalidFields = "REQUIRES_INVALID_FIELDS",
        /// A `@requires` contains directives.
        RequiresHasDirectiveInFieldsArg = "REQUIRES_HAS_DIRECTIVE_IN_FIELDS_ARG",
        /// A `@requires` selects a field that is not `@external`.
        RequiresFieldsMissingExternal = "REQUIRES_FIELDS_MISSING_EXTERNAL",
        /// `@requires` stands on an interface field.
        RequiresUnsupportedOnInterface = "REQUIRES_UNSUPPORTED_ON_INTERFACE",
        /// The `fields` of a `@provides` is no string.
        ProvidesInvalidFieldsType = "PROVIDES_INVALID_FIELDS_TYPE",
        /// The `fields` of a `@provides` does not select existing fields.
        ProvidesInvalidFields = "PROVIDES_INVALID_FIELDS",
        /// A `@provides` selects a field with arguments.
        ProvidesFieldsHasArgs = "PROVIDES_FIELDS_HAS_ARGS",
        /// A `@provides` contains directives.
        ProvidesHasDirectiveInFieldsArg = "PROVIDES_HAS_DIRECTIVE_IN_FIELDS_ARG",
        /// A `@provides` selects a field that is not `@external`.
        ProvidesFieldsMissingExternal = "PROVIDES_FIELDS_MISSING_EXTERNAL",
        /// `@provides` stands on a field that returns no object, interface or union.
        ProvidesOnNonObjectField = "PROVIDES_ON_NON_OBJECT_FIELD",
        /// `@provides` stands on an interface field.
        ProvidesUnsupportedOnInterface = "PROVIDES_UNSUPPORTED_ON_INTERFACE",
        /// An `@external` field is used by no `@key`, `@requires`, `@provides` or interface.
        ExternalUnused = "EXTERNAL_UNUSED",
        /// An `@external` field is resolved by no subgraph.
        ExternalMissingOnBase = "EXTERNAL_MISSING_ON_BASE",
        /// `@external` stands on an interface field.
        ExternalOnInterface = "EXTERNAL_ON_INTERFACE",
        /// An `@external` field has another type than where it is resolved.
        ExternalTypeMismatch = "EXTERNAL_TYPE_MISMATCH",
        /// An `@external` field lacks an argument that it has where it is resolved.
        ExternalArgumentMissing = "EXTERNAL_ARGUMENT_MISSING",
        /// An argument of an `@external` field has another type than where the field is resolved.
        ExternalArgumentTypeMismatch = "EXTERNAL_ARGUMENT_TYPE_MISMATCH",
        /// `@external` excludes another directive on the same field.
        ExternalCollisionWithAnotherDirective = "EXTERNAL_COLLISION_WITH_ANOTHER_DIRECTIVE",
        /// The default value of an argument of an `@external` field differs from where the field is resolved.
        ExternalArgumentDefaultMismatch = "EXTERNAL_ARGUMENT_DEFAULT_MISMATCH",
        /// An `@external` field has a directive that belongs where the field is resolved.
        MergedDirectiveApplicationOnExternal = "MERGED_DIRECTIVE_APPLICATION_ON_EXTERNAL",
        /// `@shareable` stands where it has no meaning, or twice.
        InvalidShareableUsage = "INVALID_SHAREABLE_USAGE",
        /// Several subgraphs resolve a field that is not `@shareable` in all of them.
        InvalidFieldSharing = "INVALID_FIELD_SHARING",
        /// `@override(from:)` names its own subgraph.
        OverrideFromSelfError = "OVERRIDE_FROM_SELF_ERROR",
        /// The overridden field has an `@override` itself.
        OverrideSourceHasOverride = "OVERRIDE_SOURCE_HAS_OVERRIDE",
        /// `@override` excludes another directive on the same field.
        OverrideCollisionWithAnotherDirective = "OVERRIDE_COLLISION_WITH_ANOTHER_DIRECTIVE",
        /// `@override` stands on an interface field.
        OverrideOnInterface = "OVERRIDE_ON_INTERFACE",
        /// The label of a progressive `@override` is malformed.
        OverrideLabelInvalid = "OVERRIDE_LABEL_INVALID",
        /// `@interfaceObject` is used without the interface, a key, or with an implementation beside it.
        InterfaceObjectUsageError = "INTERFACE_OBJECT_USAGE_ERROR",
        /// A key of an interface is not a key of all its implementations.
        InterfaceKeyNotOnImplementation = "INTERFACE_KEY_NOT_ON_IMPLEMENTATION",
        /// A subgraph with a key on an interface does not know all implementations.
        InterfaceKeyMissingImplementationType = "INTERFACE_KEY_MISSING_IMPLEMENTATION_TYPE",
        /// A type extension has no definition in any subgraph.
        ExtensionWithNoBase = "EXTENSION_WITH_NO_BASE",
        /// A type has different kinds in different subgraphs.
        TypeKindMismatch = "TYPE_KIND_MISMATCH",
        /// The types of a field cannot be merged.
        FieldTypeMismatch = "FIELD_TYPE_MISMATCH",
        /// The types of an argument cannot be merged.
        FieldArgumentTypeMismatch = "FIELD_ARGUMENT_TYPE_MISMATCH",
        /// An argument has different default values.
        FieldArgumentDefaultMismatch = "FIELD_ARGUMENT_DEFAULT_MISMATCH",
        /// An input field has different default values.
        InputFieldDefaultMismatch = "INPUT_FIELD_DEFAULT_MISMATCH",
        /// An argument is required in one subgraph and missing in another.
        RequiredArgumentMissingInSomeSubgraph = "REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH",
        /// An input field is required in one subgraph and missing in another.
        RequiredInputFieldMissingInSomeSubgraph = "REQUIRED_INPUT_FIELD_MISSING_IN_SOME_SUBGRAPH",
        /// The subgraphs' versions of an input type have no field in common.
        EmptyMergedInputType = "EMPTY_MERGED_INPUT_TYPE",
        /// The subgraphs' versions of an input-only enum have no value in common.
        EmptyMergedEnumType = "EMPTY_MERGED_ENUM_TYPE",
        /// An enum used as input and output differs between subgraphs.
        EnumValueMismatch = "ENUM_VALUE_MISMATCH",
        /// A type lacks a field of an interface that it implements.
        InterfaceFieldNoImplem = "INTERFACE_FIELD_NO_IMPLEM",
        /// An accessible element needs an inaccessible one.
        ReferencedInaccessible = "REFERENCED_INACCESSIBLE",
        /// A visible field or argument of an interface is inaccessible in an implementation.
        ImplementedByInaccessible = "IMPLEMENTED_BY_INACCESSIBLE",
        /// Everything in a type is inaccessible.
        OnlyInaccessibleChildren = "ONLY_INACCESSIBLE_CHILDREN",
        /// The query root is inaccessible.
        QueryRootTypeInaccessible = "QUERY_ROOT_TYPE_INACCESSIBLE",
        /// A required argument or input field is inaccessible.
        RequiredInaccessible = "REQUIRED_INACCESSIBLE",
        /// A default value uses an inaccessible enum value.
        DefaultValueUsesInaccessible = "DEFAULT_VALUE_USES_INACCESSIBLE",
        /// A query that the supergraph allows cannot be answered.
        SatisfiabilityError = "SATISFIABILITY_ERROR",
        /// The subgraphs that share a field of abstract type have no object type for it in common.
        ShareableHasMismatchedRuntimeTypes = "SHAREABLE_HAS_MISMATCHED_RUNTIME_TYPES",
        /// The schema is too large to check every path through it.
        MaxValidationSubgraphPathsExceeded = "MAX_VALIDATION_SUBGRAPH_PATHS_EXCEEDED",
        /// A field can be read by whoever may not read what its `@requires` or `@fromContext` reads.
        MissingTransitiveAuthRequirements = "MISSING_TRANSITIVE_AUTH_REQUIREMENTS",
        /// `@cost` stands on a field of an interface.
        CostAppliedToInterfaceField = "COST_APPLIED_TO_INTERFACE_FIELD",
        /// `@listSize` stands on a field that returns no list, or sizes one.
        ListSizeAppliedToNonList = "LIST_SIZE_APPLIED_TO_NON_LIST",
        /// The assumed size of a `@listSize` is negative.
        ListSizeInvalidAssumedSize = "LIST_SIZE_INVALID_ASSUMED_SIZE",
        /// A slicing argument of a `@listSize` does not exist or is no `Int`.
        ListSizeInvalidSlicingArgument = "LIST_SIZE_INVALID_SLICING_ARGUMENT",
        /// A sized field of a `@listSize` does not exist.
        ListSizeInvalidSizedField = "LIST_SIZE_INVALID_SIZED_FIELD",
        /// A subgraph's own definition of a federation directive says more than federation's.
        DirectiveDefinitionInvalid = "DIRECTIVE_DEFINITION_INVALID",
        /// A federation directive that the supergraph shows has different names in different subgraphs.
        LinkImportNameMismatch = "LINK_IMPORT_NAME_MISMATCH",
        /// A directive named by `@composeDirective` is wrong or differs between subgraphs.
        DirectiveCompositionError = "DIRECTIVE_COMPOSITION_ERROR",
        /// The name of a `@context` is malformed.
        ContextNameInvalid = "CONTEXT_NAME_INVALID",
        /// `@fromContext` names a context that nothing sets, or stands where no context can be.
        ContextNotSet = "CONTEXT_NOT_SET",
        /// The `field` of a `@fromContext` names no context.
        NoContextInSelection = "NO_CONTEXT_IN_SELECTION",
        /// The selection of a `@fromContext` does not give the value of its argument.
        ContextInvalidSelection = "CONTEXT_INVALID_SELECTION",
        /// A type with contextual arguments cannot be entered: it has no resolvable key.
        ContextNoResolvableKey = "CONTEXT_NO_RESOLVABLE_KEY",
        /// An argument is contextual in one subgraph and required from clients in another.
        ContextualArgumentNotContextualInAllSubgraphs = "CONTEXTUAL_ARGUMENT_NOT_CONTEXTUAL_IN_ALL_SUBGRAPHS",
    }
}

/// One reason why there is no supergraph.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.text())]
pub struct CompositionError {
    /// The stable code.
    pub code: ErrorCode,
    /// What is wrong, for people.
    pub message: String,
    /// The subgraph at fault; when it is no single one, the first that defines the coordinate.
    pub subgraph: Option<String>,
    /// The schema coordinate, e.g. `Order`, `Order.total` or `Query.order(id:)`.
    pub coordinate: Option<String>,
    /// Where in the subgraph's SDL.
    pub location: Option<Location>,
}

impl CompositionError {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), subgraph: None, coordinate: None, location: None }
    }

    pub(crate) fn in_subgraph(mut self, name: impl Into<String>) -> Self {
        self.subgraph = Some(name.into());
        self
    }

    pub(crate) fn at(mut self, coordinate: impl Into<String>) -> Self {
        self.coordinate = Some(coordinate.into());
        self
    }

    pub(crate) fn located(mut self, location: Option<Location>) -> Self {
        self.location = location;
        self
    }

    fn text(&self) -> String {
        let mut text = self.code.to_string();
        text.push_str(&spot::text(self.subgraph.as_deref(), self.location));
        if let Some(coordinate) = &self.coordinate {
            text.push(' ');
            text.push_str(coordinate);
        }
        format!("{text}: {}", self.message)
    }
}
