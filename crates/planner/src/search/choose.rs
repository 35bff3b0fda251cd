//! What to do about one demand: nothing, the one sensible thing, or a choice between ways.

use super::Search;
use super::serve::Seen;
use super::state::{Consumer, Cost, Demand, Entry, Jump, Need, PosId, State};
use super::ways::{Start, Way};
use crate::model::{FieldSetItem, SubgraphId};
use crate::type_set::TypeSet;

/// What to do about a demand.
pub(super) enum Choice {
    /// There is nothing to do.
    Done,
    /// There is no need, or no way, to do anything else.
    Only(Way),
    /// The most promising first.
    Among(Vec<Way>),
}

impl Search<'_> {
    pub(super) fn choose(&self, state: &State, demand: &Demand) -> Choice {
        if cannot_occur(state, demand) {
            return Choice::Done;
        }
        let mut ways = self.ways(state, demand);
        if ways.len() == 1 {
            return ways.pop().map_or(Choice::Done, Choice::Only);
        }
        let levels = state.levels();
        let mut existing: Vec<(Rank, usize)> = Vec::new();
        for (at, way) in ways.iter().enumerate() {
            if let Start::Existing(node) = way.start {
                let level = levels[state.node(node).step.0];
                let rank = Rank { adds: !is_selected(state, demand, way), down: way.down.len(), level };
                existing.push((rank, at));
            }
        }
        // Among fetches that are there, one that needs nothing new; for requirements, the earliest.
        let for_step = matches!(demand.consumer, Consumer::Step(_));
        let key = |rank: &Rank| {
            if for_step {
                (rank.level, usize::from(rank.adds), rank.down)
            } else {
                (usize::from(rank.adds), rank.down, rank.level)
            }
        };
        let free = existing
            .iter()
            .filter(|(_, at)| !self.costs(state, demand, &ways[*at]))
            .min_by_key(|(rank, at)| (key(rank), *at));
        if let Some((rank, at)) = free {
            let early = match &demand.consumer {
                Consumer::Client(_) => true,
                Consumer::Step(step) => rank.level == 1 || rank.level < levels[step.0],
            };
            if early {
                return Choice::Only(ways.swap_remove(*at));
            }
        }
        self.drop_dominated(state, demand, &mut ways, levels);
        if ways.len() == 1 {
            return ways.pop().map_or(Choice::Done, Choice::Only);
        }
        let mut ranked: Vec<(Cost, usize, usize, Way)> = Vec::new();
        for (at, way) in ways.into_iter().enumerate() {
            self.charge(state);
            let mut trial = state.clone();
            if self.take(&mut trial, demand, &way).is_some() {
                let open = trial.demands.len() - state.demands.len();
                // A key that must be fetched first will cost a fetch at least, although no demand for it is met yet.
                let mut cost = trial.cost();
                if let Start::Jump(jump) = &way.start
                    && !self.key_is_there(state, jump, levels)
                {
                    cost.depth += 1;
                    cost.fetches += 1;
                }
                ranked.push((cost, open, at, way));
            }
        }
        ranked.sort_by_key(|(cost, open, at, _)| (*cost, *open, *at));
        Choice::Among(ranked.into_iter().map(|(_, _, _, way)| way).collect())
    }

    /// Drops ways that another way is never worse than.
    fn drop_dominated(&self, state: &State, demand: &Demand, ways: &mut Vec<Way>, levels: &[usize]) {
        let begins = |way: &Way| match &way.start {
            Start::Existing(node) => levels[state.node(*node).step.0],
            Start::Jump(jump) => state.earliest(jump.pos).unwrap_or(1) + 1,
            Start::Root => 1,
        };
        if matches!(demand.consumer, Consumer::Step(_)) {
            // A value that is there already is not fetched anew, unless that would be earlier.
            let is_there =
                |way: &&Way| matches!(way.start, Start::Existing(_)) && !self.costs(state, demand, way);
            if let Some(level) = ways.iter().filter(is_there).map(begins).min() {
                let mut first = true;
                ways.retain(|way| {
                    let early = begins(way) < level;
                    let keep = is_there(&way) && begins(way) == level && first;
                    first &= !keep;
                    early || keep
                });
            }
        }
        // Of several keys into one subgraph at one place, one whose fields are all there is enough.
        let mut settled: Vec<(PosId, SubgraphId)> = Vec::new();
        for way in ways.iter() {
            if let Start::Jump(jump) = &way.start
                && !settled.contains(&(jump.pos, jump.subgraph))
                && self.key_is_there(state, jump, levels)
            {
                settled.push((jump.pos, jump.subgraph));
            }
        }
        let mut kept: Vec<(PosId, SubgraphId)> = Vec::new();
        ways.retain(|way| {
            let Start::Jump(jump) = &way.start else { return true };
            let place = (jump.pos, jump.subgraph);
            if !settled.contains(&place) {
                return true;
            }
            let keep = !kept.contains(&place) && self.key_is_there(state, jump, levels);
            if keep {
                kept.push(place);
            }
            keep
        });
    }

    /// Whether the earliest fetch that reaches the place of a jump can also give the jump's key.
    fn key_is_there(&self, state: &State, jump: &Jump, levels: &[usize]) -> bool {
        let model = self.serve.model;
        let key = model.known_as(jump.object, jump.subgraph).and_then(|ty| model.presence(ty, jump.subgraph));
        let Some(key) = key.and_then(|presence| presence.keys.get(jump.key?)) else { return false };
        let nodes = &state.pos(jump.pos).nodes;
        let Some(level) = state.earliest(jump.pos) else { return false };
        let is_interface = model.is_abstract(jump.object);
        let types = if is_interface { state.pos(jump.pos).types.clone() } else { TypeSet::one(jump.object) };
        nodes.iter().filter(|n| levels[state.node(**n).step.0] == level).any(|id| {
            let node = state.node(*id);
            let seen = Seen { ty: node.ty, types: node.types.clone(), view: node.view.clone() };
            self.gives(&seen, &types, &key.fields, state.subgraph(*id))
        })
    }

    fn gives(&self, seen: &Seen, types: &TypeSet, fields: &[FieldSetItem], s: SubgraphId) -> bool {
        fields.iter().all(|item| {
            if item.name == "__typename" {
                return true;
            }
            if self.serve.any_needs(types, &item.name, s)
                || !self.serve.can_select(seen, types, &item.name, s)
            {
                return false;
            }
            if item.sub.is_empty() {
                return true;
            }
            let model = self.serve.model;
            let behind: TypeSet = types
                .iter()
                .filter_map(|t| model.field(t, &item.name))
                .filter_map(|f| model.by_name.get(f.ty.inner_named_type()))
                .flat_map(|t| model.ty(*t).possible.iter())
                .collect();
            let next = self.serve.follow(seen, types, &item.name, s, &behind);
            next.is_some_and(|next| self.gives(&next, &next.types, &item.sub, s))
        })
    }

    /// Whether using an existing fetch brings new requirements.
    fn costs(&self, state: &State, demand: &Demand, way: &Way) -> bool {
        if is_selected(state, demand, way) {
            return false;
        }
        let (types, field) = match (way.down.last(), &demand.need) {
            (Some(below), _) => (&state.pos(*below).parent_types, &state.pos(*below).field),
            (None, Need::Field { field, .. }) => (&demand.types, field),
            (None, _) => return false,
        };
        self.serve.any_needs(types, field, way.subgraph)
    }
}

struct Rank {
    adds: bool,
    down: usize,
    level: usize,
}

/// Whether no object of the demanded types can come out of the fetches that are there.
fn cannot_occur(state: &State, demand: &Demand) -> bool {
    let pos = state.pos(demand.pos);
    let origins = pos.nodes.iter().map(|id| state.node(*id)).filter(|node| node.parent.is_some());
    let mut origins = origins.peekable();
    origins.peek().is_some() && origins.any(|node| !node.types.intersects(&demand.types))
}

/// Whether an existing fetch already selects what is demanded.
fn is_selected(state: &State, demand: &Demand, way: &Way) -> bool {
    let Start::Existing(node) = way.start else { return false };
    match &demand.need {
        Need::Field { slot, .. } => {
            let holds = |entry: &Entry| entry.slot == *slot && demand.types.is_subset(&entry.types);
            way.down.is_empty() && state.node(node).entries.iter().any(holds)
        }
        Need::Typename | Need::Exists => way.down.is_empty(),
    }
}
