//! Finds the cheapest set of fetches: branch and bound over the ways to satisfy each demand.

mod choose;
mod chunked;
mod contexts;
mod positions;
mod require;
mod serve;
mod state;
mod take;
mod ways;

use std::cell::Cell;
use std::rc::Rc;

use self::choose::Choice;
pub(crate) use self::positions::{Layout, Showing, Shown, layout};
pub(crate) use self::require::clash;
pub(crate) use self::serve::{Labels, Serve};
pub(crate) use self::state::{
    Ancestor, Consumer, Contextual, Cost, Entity, Entry, NodeId, PosId, Position, RequiredField,
    RequiredSelection, State, StepId,
};
use self::state::{Demand, Need};
use self::ways::Way;
use crate::error::PlanError;

/// One search, for one operation (or one root field of a mutation).
pub(crate) struct Search<'a> {
    pub(crate) serve: Serve<'a>,
    /// Whether the root fields must be resolved only once.
    pub(crate) once: bool,
    /// How many partial plans were copied so far, by [`Search::charge`].
    pub(crate) effort: Cell<usize>,
}

/// A partial plan that waits for its turn, and what to do with it.
struct Branch {
    state: Rc<State>,
    take: Option<(Rc<Demand>, Way)>,
}

impl Search<'_> {
    /// Satisfies all demands of `start` at the least cost that is found within the budget.
    ///
    /// First each of the client's demands by itself, with everything that it needs, at the least cost: that is a good
    /// plan quickly. Then, as far as the budget goes, all demands together, for a better one.
    pub(crate) fn run(&self, start: State) -> Result<State, PlanError> {
        let budget = self.serve.options.search_budget;
        let first = self.one_by_one(start.clone(), budget / 16 + 4);
        let bound = first.as_ref().ok().map(State::cost);
        match (self.explore(start, 0, bound, budget), first) {
            (Ok(Some(better)), _) => Ok(better),
            (_, Ok(first)) => Ok(first),
            (Err(error), Err(_)) | (Ok(None), Err(error)) => Err(error),
        }
    }

    fn one_by_one(&self, mut state: State, budget: usize) -> Result<State, PlanError> {
        while let Some(until) = state.demands.len().checked_sub(1) {
            state = self.explore(state, until, None, budget)?.ok_or_else(|| self.exhausted())?;
        }
        Ok(state)
    }

    fn exhausted(&self) -> PlanError {
        PlanError::TooComplex { what: "steps of the search", limit: self.serve.options.max_effort }
    }

    /// Counts a copy of a partial plan, to follow it or only to see what it comes to. Large plans are slower to copy and to
    /// measure.
    fn charge(&self, state: &State) -> usize {
        let cost = 1 + state.nodes.len() / 64;
        self.effort.set(self.effort.get().saturating_add(cost));
        cost
    }

    /// Whether the whole search has taken more than any sensible operation needs. Whatever plan is there by then is the plan.
    fn is_spent(&self) -> bool {
        self.effort.get() > self.serve.options.max_effort
    }

    /// Satisfies demands until only `until` of them are left. `None`: nothing is cheaper than `bound`.
    fn explore(
        &self,
        start: State,
        until: usize,
        bound: Option<Cost>,
        budget: usize,
    ) -> Result<Option<State>, PlanError> {
        let mut best: Option<State> = None;
        let mut bound = bound;
        let mut stuck: Option<PlanError> = None;
        let mut open = vec![Branch { state: Rc::new(start), take: None }];
        let mut work = 0_usize;
        while let Some(branch) = open.pop() {
            work += self.charge(&branch.state);
            if (work > budget || self.is_spent()) && bound.is_some() {
                break;
            }
            if self.is_spent() {
                return Err(self.exhausted());
            }
            let mut state = Rc::unwrap_or_clone(branch.state);
            if let Some((demand, way)) = &branch.take
                && self.take(&mut state, demand, way).is_none()
            {
                continue;
            }
            match self.advance(state, until, bound) {
                Advance::Worse => {}
                Advance::Stuck(error) => {
                    stuck.get_or_insert(error);
                }
                Advance::Complete(cost, state) => {
                    if bound.is_none_or(|bound| cost < bound) {
                        bound = Some(cost);
                        best = Some(state);
                    }
                }
                Advance::Branch(state, demand, ways) => {
                    let state = Rc::new(state);
                    // The best way goes on top. Beyond the budget only that one is followed.
                    let keep = if work > budget || open.len() > MAX_OPEN { 1 } else { ways.len() };
                    for way in ways.into_iter().take(keep).rev() {
                        open.push(Branch { state: Rc::clone(&state), take: Some((Rc::clone(&demand), way)) });
                    }
                }
            }
        }
        match (best, stuck) {
            (None, Some(error)) if bound.is_none() => Err(error),
            (best, _) => Ok(best),
        }
    }

    /// Follows everything that leaves no choice.
    fn advance(&self, mut state: State, until: usize, bound: Option<Cost>) -> Advance {
        if bound.is_some_and(|bound| state.cost() >= bound) {
            return Advance::Worse;
        }
        while state.demands.len() > until {
            if self.is_spent() {
                return Advance::Stuck(self.exhausted());
            }
            let Some(demand) = state.demands.pop() else { break };
            match self.choose(&state, &demand) {
                Choice::Done => {}
                Choice::Only(way) => {
                    if self.take(&mut state, &demand, &way).is_none() {
                        return Advance::Stuck(self.unreachable(&state, &demand));
                    }
                }
                Choice::Among(ways) if ways.is_empty() => {
                    return Advance::Stuck(self.unreachable(&state, &demand));
                }
                Choice::Among(ways) => return Advance::Branch(state, demand, ways),
            }
        }
        Advance::Complete(state.cost(), state)
    }

    fn unreachable(&self, state: &State, demand: &Demand) -> PlanError {
        let model = self.serve.model;
        let field = match &demand.need {
            Need::Field { field, .. } => field.as_str(),
            Need::Typename | Need::Exists => "__typename",
        };
        let ty = demand.types.iter().next().map_or("?", |t| model.name(t).as_str());
        let mut path = Vec::new();
        let mut at = state.pos(demand.pos);
        while let Some(parent) = at.parent {
            path.push(at.slot.as_str());
            at = state.pos(parent);
        }
        path.reverse();
        PlanError::Unreachable { coordinate: format!("{ty}.{field}"), path: path.join(".") }
    }
}

/// More branches than this wait for their turn only while the operation is small.
const MAX_OPEN: usize = 256;

enum Advance {
    Worse,
    Stuck(PlanError),
    Complete(Cost, State),
    Branch(State, Rc<Demand>, Vec<Way>),
}
