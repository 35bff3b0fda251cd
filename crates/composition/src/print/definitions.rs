//! The definitions that come with the specifications.

use std::fmt::Write as _;

use super::features::Features;
use super::text::string;
use crate::supergraph::{JoinVersion, Supergraph};

const LINK: &str = "\
directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA

";

const JOIN_DIRECTIVE: &str = "\
directive @join__directive(graphs: [join__Graph!], name: String!, args: join__DirectiveArguments) repeatable on SCHEMA | OBJECT | INTERFACE | FIELD_DEFINITION

";

const JOIN_FIELD: &str = "\
directive @join__enumValue(graph: join__Graph!) repeatable on ENUM_VALUE

directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet, type: String, external: Boolean, override: String, usedOverridden: Boolean";

const JOIN: &str = ") repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION

directive @join__graph(name: String!, url: String!) on ENUM_VALUE

directive @join__implements(graph: join__Graph!, interface: String!) repeatable on OBJECT | INTERFACE

directive @join__type(graph: join__Graph!, key: join__FieldSet, extension: Boolean! = false, resolvable: Boolean! = true, isInterfaceObject: Boolean! = false) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR

directive @join__unionMember(graph: join__Graph!, member: String!) repeatable on UNION

";

const TAG: &str = "\
directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION | SCHEMA

";

pub(crate) const INACCESSIBLE: &str = "\
directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION

";

const AUTHENTICATED: &str = "\
directive @authenticated on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

";

const REQUIRES_SCOPES: &str = "\
directive @requiresScopes(scopes: [[requiresScopes__Scope!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

scalar requiresScopes__Scope

";

const POLICY: &str = "\
directive @policy(policies: [[policy__Policy!]!]!) on FIELD_DEFINITION | OBJECT | INTERFACE | SCALAR | ENUM

scalar policy__Policy

";

const COST: &str = "\
directive @cost(weight: Int!) on ARGUMENT_DEFINITION | ENUM | FIELD_DEFINITION | INPUT_FIELD_DEFINITION | OBJECT | SCALAR

directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION

";

const CONTEXT_ARGUMENT: &str = "\
input join__ContextArgument {
  name: String!
  type: String!
  context: String!
  selection: join__FieldValue!
}

";

const DIRECTIVE_ARGUMENTS: &str = "scalar join__DirectiveArguments\n\n";

const CONTEXT: &str = "\
directive @context(name: String!) repeatable on INTERFACE | OBJECT | UNION

directive @context__fromContext(field: context__ContextFieldValue) on ARGUMENT_DEFINITION

scalar context__ContextFieldValue

";

const ONE_OF: &str = "\
directive @oneOf on INPUT_OBJECT

";

const FIELD_SET: &str = "scalar join__FieldSet\n\n";

const FIELD_VALUE: &str = "scalar join__FieldValue\n\n";

const LINK_TYPES: &str = "\
scalar link__Import

enum link__Purpose {
  \"\"\"
  `SECURITY` features provide metadata necessary to securely resolve fields.
  \"\"\"
  SECURITY

  \"\"\"
  `EXECUTION` features provide metadata necessary for operation execution.
  \"\"\"
  EXECUTION
}

";

/// Directive definitions of link, join and the features in use.
pub(super) fn directives(out: &mut String, features: Features, join: JoinVersion) {
    out.push_str(LINK);
    if join >= JoinVersion::V0_4 {
        out.push_str(JOIN_DIRECTIVE);
    }
    out.push_str(JOIN_FIELD);
    if join >= JoinVersion::V0_4 {
        out.push_str(", overrideLabel: String");
    }
    if join >= JoinVersion::V0_5 {
        out.push_str(", contextArguments: [join__ContextArgument!]");
    }
    out.push_str(JOIN);
    for (used, text) in [
        (features.tag, TAG),
        (features.inaccessible, INACCESSIBLE),
        (features.authenticated, AUTHENTICATED),
        (features.scopes, REQUIRES_SCOPES),
        (features.policy, POLICY),
        (features.cost, COST),
        (features.context, CONTEXT),
        (features.one_of, ONE_OF),
    ] {
        if used {
            out.push_str(text);
        }
    }
}

/// The types of link and join; `join__Graph` lists the subgraphs.
pub(super) fn types(out: &mut String, supergraph: &Supergraph) {
    let join = supergraph.join;
    for (since, text) in [
        (JoinVersion::V0_5, CONTEXT_ARGUMENT),
        (JoinVersion::V0_4, DIRECTIVE_ARGUMENTS),
        (JoinVersion::V0_3, FIELD_SET),
        (JoinVersion::V0_5, FIELD_VALUE),
    ] {
        if join >= since {
            out.push_str(text);
        }
    }
    out.push_str("enum join__Graph {\n");
    for graph in &supergraph.graphs {
        let _ = writeln!(
            out,
            "  {} @join__graph(name: {}, url: {})",
            graph.value,
            string(&graph.name),
            string(&graph.url)
        );
    }
    out.push_str("}\n\n");
    out.push_str(LINK_TYPES);
}
