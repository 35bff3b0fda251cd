//! Stage 1: the text of one subgraph to its normalised model.

mod annotations;
mod convert;
mod definitions;
mod graph_names;
pub(crate) mod link;
mod redefined;
mod strip;
mod upgrade;
mod uses;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Definition, Document};
use apollo_compiler::parser::{Parser, SourceMap, SourceSpan};
use apollo_compiler::validation::DiagnosticList;

pub(crate) use graph_names::GraphNames;

use crate::compose::Subgraph;
use crate::error::{CompositionError, ErrorCode, Location};
use crate::model::SubgraphSchema;

/// Nesting of lists, values and selections in SDL; the parser's own default (500) is more than a small thread's stack takes.
pub(crate) const MAX_NESTING: usize = 128;
/// A subgraph of several thousand types has some 100,000 tokens.
pub(crate) const MAX_TOKENS: usize = 4_000_000;

/// Reads one subgraph; `graph` is its value in `join__Graph`.
pub(crate) fn subgraph(source: &Subgraph, graph: String) -> Result<SubgraphSchema, Vec<CompositionError>> {
    let document = parse(source)?;
    let links = link::Links::read(&document, &source.name)?;
    redefined::check(&document, &links, &source.name)?;
    let document = strip::machinery(document, &links);
    let schema = build(source, &document, &links)?;
    let mut model = convert::Converter::new(source, graph, &schema, &document, &links).convert()?;
    if model.is_v1 {
        upgrade::to_v2(&mut model);
    }
    uses::mark(&mut model);
    Ok(model)
}

/// The part of the upgrade from v1 that needs to know the other subgraphs.
pub(crate) fn upgrade_together(models: &mut [SubgraphSchema]) {
    if models.iter().any(|model| model.is_v1) {
        let keys = upgrade::key_fields(models);
        for model in models.iter_mut().filter(|model| model.is_v1) {
            upgrade::resolve_foreign_keys(model, &keys);
            upgrade::drop_unused_externals(model);
            upgrade::forget_extensions(model);
        }
    }
}

fn parse(source: &Subgraph) -> Result<Document, Vec<CompositionError>> {
    Parser::new()
        .recursion_limit(MAX_NESTING)
        .token_limit(MAX_TOKENS)
        .parse_ast(source.sdl.as_str(), format!("{}.graphql", source.name))
        .map_err(|found| diagnostics(&found.errors, &source.name))
}

/// Builds and validates the GraphQL schema, with the federation definitions that the text leaves out.
fn build(
    source: &Subgraph,
    document: &Document,
    links: &link::Links,
) -> Result<Schema, Vec<CompositionError>> {
    let schema = Schema::builder()
        .adopt_orphan_extensions()
        .ignore_builtin_redefinitions()
        .add_ast(document)
        .parse(definitions::missing(document, links), "federation.graphql")
        .build()
        .map_err(|found| diagnostics(&found.errors, &source.name))?;
    match schema.clone().validate() {
        Ok(_) => Ok(schema),
        Err(found) => {
            let errors = diagnostics(&found.errors, &source.name);
            if errors.is_empty() { Ok(schema) } else { Err(errors) }
        }
    }
}

fn diagnostics(list: &DiagnosticList, subgraph: &str) -> Vec<CompositionError> {
    list.iter()
        // A subgraph may have no query of its own.
        .filter(|found| found.error.unstable_error_name() != Some("QueryRootOperationType"))
        .map(|found| {
            let location = found
                .line_column_range()
                .map(|range| Location { line: range.start.line, column: range.start.column });
            CompositionError::new(ErrorCode::InvalidGraphql, found.error.to_string())
                .in_subgraph(subgraph)
                .located(location)
        })
        .collect()
}

/// The start of `span` as line and column.
fn location(span: Option<SourceSpan>, sources: &SourceMap) -> Option<Location> {
    let at = span?.line_column(sources)?;
    Some(Location { line: at.line, column: at.column })
}

/// The directives of the `schema` definition and its extensions.
fn schema_directives(
    document: &Document,
) -> impl Iterator<Item = &apollo_compiler::Node<apollo_compiler::ast::Directive>> {
    document.definitions.iter().flat_map(|definition| match definition {
        Definition::SchemaDefinition(schema) => schema.directives.iter(),
        Definition::SchemaExtension(schema) => schema.directives.iter(),
        _ => [].iter(),
    })
}
