//! Key jumps and requirements: what else is reachable from where a value is known.

use std::collections::{HashMap, HashSet};

use apollo_compiler::Name;

use super::contexts::Known;
use super::graph::{Graph, Serves};
use super::position::{Position, Positions, View};
use crate::field_set::{FieldSet, Selection};
use crate::supergraph::GraphIndex;

/// Requirements nested deeper than this count as not met.
const MAX_DEPTH: usize = 48;

/// Computes closures; finished ones are kept.
pub(super) struct Closures<'g, 'a> {
    graph: &'g Graph<'a>,
    /// The contexts of the path that is being checked.
    pub(super) contexts: Known,
    known: HashMap<(Name, Positions, Known), Positions>,
    /// Closures being computed: re-entered, they count as not extended.
    open: HashSet<(Name, Positions, Known)>,
    /// `@requires` being checked: one that needs itself is not met that way.
    requiring: HashSet<(GraphIndex, Name, Name)>,
    depth: usize,
    /// How often a guard cut a search short: what depends on it must not be kept.
    cuts: usize,
}

impl<'g, 'a> Closures<'g, 'a> {
    pub(super) fn new(graph: &'g Graph<'a>) -> Self {
        Self {
            graph,
            contexts: Known::new(),
            known: HashMap::new(),
            open: HashSet::new(),
            requiring: HashSet::new(),
            depth: 0,
            cuts: 0,
        }
    }

    /// All positions at which an `object` is known that is known at `positions`.
    pub(super) fn close(&mut self, object: &Name, positions: Positions) -> Positions {
        let id = (object.clone(), positions, self.contexts.clone());
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        if self.depth >= MAX_DEPTH || !self.open.insert(id.clone()) {
            self.cuts += 1;
            return id.1;
        }
        let cuts = self.cuts;
        self.depth += 1;
        let mut closed = id.1.clone();
        if object == "Query" {
            closed.extend(self.graph.root_positions(object));
        }
        while self.jump(object, &mut closed) {}
        self.depth -= 1;
        self.open.remove(&id);
        if self.cuts == cuts {
            self.known.insert(id, closed.clone());
        }
        closed
    }

    /// Adds every position that one more jump reaches; false when there is none.
    fn jump(&mut self, object: &Name, positions: &mut Positions) -> bool {
        let graph = self.graph;
        let mut found = false;
        for jump in graph.jumps(object) {
            let there = |position: &Position| position.graph == jump.graph && position.ty == *jump.ty;
            if positions.iter().any(there) {
                continue;
            }
            let knows_type = !jump.needs_typename || positions.iter().any(|position| position.ty == *object);
            if knows_type && self.can_collect(object, positions, &jump.key.fields) {
                positions.insert(Position { graph: jump.graph, ty: jump.ty.clone(), view: View::default() });
                found = true;
            }
        }
        found
    }

    /// Can all of `set` be fetched for an `object` known at `positions`?
    pub(super) fn can_collect(&mut self, object: &Name, positions: &Positions, set: &FieldSet) -> bool {
        if self.depth >= MAX_DEPTH || !self.graph.step() {
            self.cuts += 1;
            return false;
        }
        self.depth += 1;
        let all = set.0.iter().all(|selection| match selection {
            Selection::Field { name, .. } if name == "__typename" => true,
            Selection::Field { name, selections, .. } => {
                self.can_collect_field(object, positions, name, selections)
            }
            Selection::Inline { on, selections } => {
                let applies = on.as_ref().is_none_or(|on| self.graph.objects(on).contains(&object));
                !applies || self.can_collect(object, positions, selections)
            }
        });
        self.depth -= 1;
        all
    }

    fn can_collect_field(
        &mut self,
        object: &Name,
        positions: &Positions,
        name: &Name,
        below: &FieldSet,
    ) -> bool {
        let values = self.resolve(object, positions, name);
        if values.is_empty() {
            return false;
        }
        if below.0.is_empty() {
            return true;
        }
        let graph = self.graph;
        let field = graph.supergraph.types.get(object).and_then(|ty| ty.kind.composite()?.fields.get(name));
        let Some(target) = field.map(|field| field.ty.inner_named_type()) else { return false };
        graph.objects(target).iter().all(|object| {
            let narrowed = graph.narrow(&values, object);
            if narrowed.is_empty() || self.can_collect(object, &narrowed, below) {
                return true;
            }
            let closed = self.close(object, narrowed);
            self.can_collect(object, &closed, below)
        })
    }

    /// Where the value of `field` is known for an `object` known at `positions` (which are closed, or the best known so far).
    pub(super) fn resolve(&mut self, object: &Name, positions: &Positions, field: &Name) -> Positions {
        let graph = self.graph;
        let mut values = Positions::new();
        for position in positions {
            if graph.step()
                && graph.serves(position, field) == Serves::Yes
                && self.has_contexts(position, field)
                && self.is_met(object, positions, position, field)
                && let Some(def) = graph.field(position, field)
            {
                values.insert(graph.value_position(position, def));
            }
        }
        values
    }

    /// Has the type at `position` a key by which its subgraph can be asked again, with what is required?
    pub(super) fn can_return(&mut self, object: &Name, positions: &Positions, position: &Position) -> bool {
        let graph = self.graph;
        graph.keys(position).iter().any(|key| self.can_collect(object, positions, &key.fields))
    }

    /// Does the path give all that the contextual arguments of `field` need?
    pub(super) fn has_contexts(&self, position: &Position, field: &Name) -> bool {
        self.graph.contexts.are_met(position.graph, &position.ty, field, &self.contexts)
    }

    /// The contexts for what lies below an `object` known at `positions`.
    pub(super) fn contexts_below(&mut self, object: &Name, positions: &Positions) -> Known {
        let mut below = self.contexts.clone();
        let graph = self.graph;
        for (id, needed) in graph.contexts.uses.iter().enumerate() {
            let gives = !below.contains(&id)
                && needed.objects.contains(object)
                && self.can_collect(object, positions, needed.selection);
            if gives {
                below.insert(id);
            }
        }
        below
    }

    /// Can the `@requires` of `field` at `position` be fetched?
    pub(super) fn is_met(
        &mut self,
        object: &Name,
        positions: &Positions,
        position: &Position,
        field: &Name,
    ) -> bool {
        let Some(requires) = self.graph.field(position, field).and_then(|def| def.requires.as_ref()) else {
            return true;
        };
        let id = (position.graph, position.ty.clone(), field.clone());
        if !self.requiring.insert(id.clone()) {
            self.cuts += 1;
            return false;
        }
        let met =
            self.can_collect(object, positions, requires) && self.can_return(object, positions, position);
        self.requiring.remove(&id);
        met
    }
}
