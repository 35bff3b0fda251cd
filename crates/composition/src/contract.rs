//! Contracts: the part of a supergraph that one audience may see, chosen by `@tag`.

mod hidden;
mod mark;
mod reachable;
mod settle;
mod write;

use std::collections::BTreeSet;

use apollo_compiler::Schema;
use apollo_compiler::parser::Parser;

use crate::read::link::Links;
use crate::read::{MAX_NESTING, MAX_TOKENS};

/// Which tags a contract shows and hides.
///
/// - An element with an excluded tag is hidden, whatever else says that it is shown.
/// - If any tag is included, a field of an object or interface is shown only if it, its type, or the field of an interface that it
///   implements has an included tag. Of an input object or enum in which something has an included tag, optional fields and values
///   without one are hidden. Other input objects and enums, all scalars and unions, arguments, and required input fields are not
///   touched: what is shown cannot be used without them.
/// - What cannot be used without something hidden is hidden too: fields and arguments of a hidden type, fields with a hidden required
///   argument, types with nothing in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ContractFilter {
    /// Show only what has one of these tags; empty: show everything.
    pub include: BTreeSet<String>,
    /// Hide what has one of these tags.
    pub exclude: BTreeSet<String>,
    /// Hide types that nothing shown leads to.
    pub hide_unreachable: bool,
}

/// Why there is no such contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContractError {
    /// The supergraph SDL cannot be read.
    #[error("the supergraph is not valid: {0}")]
    InvalidSupergraph(String),
    /// The filter hides every query.
    #[error("the contract hides all fields of the query root type")]
    NoQueries,
    /// A type lacks a field or argument that a shown interface of it has. A supergraph can't say that the type no longer implements it.
    #[error(
        "{object} hides a part of what its interface {interface} shows; tag the field of {interface} in the same way"
    )]
    BrokenInterface {
        /// The type.
        object: String,
        /// Its interface.
        interface: String,
    },
    /// What is left is no valid schema.
    #[error("the contract leaves a schema that is not valid: {0}")]
    InvalidContract(String),
}

/// The API schema of `supergraph_sdl` as the audience of `filter` sees it: SDL without join directives, `@inaccessible` elements and
/// whatever the filter hides. An empty filter gives the whole API schema.
///
/// # Errors
/// See [`ContractError`].
///
/// ```
/// # use composition::{ContractFilter, contract};
/// let supergraph = r#"
///     directive @tag(name: String!) repeatable on FIELD_DEFINITION
///     type Query { shop: String internal: String @tag(name: "internal") }
/// "#;
/// let filter = ContractFilter { exclude: ["internal".to_owned()].into(), ..ContractFilter::default() };
/// assert_eq!(contract(supergraph, &filter).as_deref(), Ok("type Query {\n  shop: String\n}\n"));
/// ```
pub fn contract(supergraph_sdl: &str, filter: &ContractFilter) -> Result<String, ContractError> {
    let (schema, links) = read(supergraph_sdl)?;
    let hidden = hidden(&schema, &links, filter)?;
    let sdl = write::api_schema(schema, &hidden, &links);
    match Schema::parse_and_validate(sdl.as_str(), "contract.graphql") {
        Ok(_) => Ok(sdl),
        Err(found) => Err(ContractError::InvalidContract(first(&found.errors))),
    }
}

/// The supergraph that a gateway serves to the audience of `filter`: `supergraph_sdl` with everything that the filter hides marked
/// `@inaccessible`. Clients neither see nor reach it, and plans use it all the same for keys and `@requires`.
///
/// # Errors
/// See [`ContractError`].
pub fn contract_supergraph(supergraph_sdl: &str, filter: &ContractFilter) -> Result<String, ContractError> {
    let (schema, links) = read(supergraph_sdl)?;
    let hidden = hidden(&schema, &links, filter)?;
    if let Some((object, interface)) = write::broken_interface(&schema, &hidden) {
        return Err(ContractError::BrokenInterface {
            object: object.to_string(),
            interface: interface.to_string(),
        });
    }
    let sdl = mark::mark(schema, &hidden, &links)?;
    match Schema::parse_and_validate(sdl.as_str(), "contract.graphql") {
        Ok(_) => Ok(sdl),
        Err(found) => Err(ContractError::InvalidContract(first(&found.errors))),
    }
}

fn hidden(schema: &Schema, links: &Links, filter: &ContractFilter) -> Result<hidden::Hidden, ContractError> {
    let mut hidden = hidden::by_directives(schema, links, filter);
    settle::settle(schema, &mut hidden);
    if filter.hide_unreachable {
        reachable::hide_others(schema, &mut hidden);
    }
    if schema.schema_definition.query.as_ref().is_none_or(|query| hidden.has_type(query)) {
        return Err(ContractError::NoQueries);
    }
    Ok(hidden)
}

fn read(sdl: &str) -> Result<(Schema, Links), ContractError> {
    let document = Parser::new()
        .recursion_limit(MAX_NESTING)
        .token_limit(MAX_TOKENS)
        .parse_ast(sdl, "supergraph.graphql")
        .map_err(|found| ContractError::InvalidSupergraph(first(&found.errors)))?;
    let links = Links::read(&document, "").map_err(|errors| {
        ContractError::InvalidSupergraph(errors.first().map_or_else(String::new, ToString::to_string))
    })?;
    let schema = document
        .to_schema_validate()
        .map_err(|found| ContractError::InvalidSupergraph(first(&found.errors)))?;
    Ok((schema.into_inner(), links))
}

fn first(errors: &apollo_compiler::validation::DiagnosticList) -> String {
    errors.iter().next().map(|found| found.error.to_string()).unwrap_or_default()
}
