//! Stage 3: one supergraph out of all subgraphs, a file for each kind of thing.

mod access;
pub(crate) mod annotations;
mod argument;
mod composed;
mod context;
mod description;
mod directive;
mod enum_;
mod field;
mod input;
mod interface_object;
mod sharing;
mod shown;
mod type_ref;
mod types;
mod uneven;
mod usage;

use crate::error::{CompositionError, ErrorCode};
use crate::hint::{Hint, HintCode};
use crate::model::{SubgraphSchema, TypeDef};
use crate::overrides::Overrides;
use crate::supergraph::{Graph, GraphIndex, JoinVersion, Supergraph};

/// A definition with the subgraph that it stands in.
type Sourced<'a, T> = (GraphIndex, &'a T);

/// What every merge rule needs: the subgraphs, facts over all of them, and where findings go.
struct Merger<'a> {
    subgraphs: &'a [SubgraphSchema],
    overrides: Overrides,
    hierarchy: type_ref::Hierarchy,
    enum_usage: usage::EnumUsage,
    /// All `@interfaceObject` types.
    interface_objects: Vec<Sourced<'a, TypeDef>>,
    errors: Vec<CompositionError>,
    hints: Vec<Hint>,
}

/// Merges `subgraphs`, which are valid each for itself.
pub(crate) fn merge(subgraphs: &[SubgraphSchema]) -> Result<(Supergraph, Vec<Hint>), Vec<CompositionError>> {
    let (mut errors, mut hints) = (Vec::new(), Vec::new());
    let overrides = Overrides::find(subgraphs, &mut errors, &mut hints);
    let mut merger = Merger {
        subgraphs,
        overrides,
        hierarchy: type_ref::Hierarchy::of(subgraphs),
        enum_usage: usage::EnumUsage::of(subgraphs),
        interface_objects: interface_object::all(subgraphs),
        errors,
        hints,
    };
    merger.check_shown_names();
    let types = merger.types();
    let executable_directives = merger.executable_directives();
    let composed_directives = merger.composed_directives();
    let has_query =
        types.get("Query").and_then(|ty| ty.kind.composite()).is_some_and(|query| !query.fields.is_empty());
    if !has_query && merger.errors.is_empty() {
        merger.errors.push(CompositionError::new(
            ErrorCode::NoQueries,
            "No queries found in any subgraph: a supergraph must have a query root type.",
        ));
    }
    if !merger.errors.is_empty() {
        return Err(merger.errors);
    }
    let graphs = subgraphs
        .iter()
        .map(|s| Graph { value: s.graph.clone(), name: s.name.clone(), url: s.url.clone() })
        .collect();
    let newest = subgraphs.iter().map(|subgraph| subgraph.minor).max().unwrap_or_default();
    // Contexts can be linked beside an older federation, too.
    let has_contexts = types.values().any(|ty| !ty.contexts.is_empty());
    let supergraph = Supergraph {
        graphs,
        types,
        executable_directives,
        composed_directives,
        overrides: merger.overrides,
        join: JoinVersion::of(if has_contexts { newest.max(8) } else { newest }),
    };
    Ok((supergraph, merger.hints))
}

impl Merger<'_> {
    fn error(&mut self, code: ErrorCode, coordinate: &str, message: impl Into<String>) {
        self.errors.push(CompositionError::new(code, message).at(coordinate));
    }

    /// An error that stands at the definition of `source` in its subgraph.
    fn error_in(
        &mut self,
        graph: GraphIndex,
        location: Option<crate::Location>,
        code: ErrorCode,
        coordinate: &str,
        message: impl Into<String>,
    ) {
        let name = self.name(graph).to_owned();
        self.errors
            .push(CompositionError::new(code, message).in_subgraph(name).at(coordinate).located(location));
    }

    fn hint(&mut self, code: HintCode, coordinate: &str, message: impl Into<String>) {
        self.hints.push(Hint::new(code, coordinate, message));
    }

    fn name(&self, graph: GraphIndex) -> &str {
        self.subgraphs.get(graph).map_or("", |subgraph| subgraph.name.as_str())
    }

    /// `"a" and "b"`.
    fn names(&self, graphs: impl IntoIterator<Item = GraphIndex>) -> String {
        let quoted: Vec<String> =
            graphs.into_iter().map(|graph| format!("\"{}\"", self.name(graph))).collect();
        match quoted.as_slice() {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }
}
