//! The graph of fetches: steps to one subgraph that can leave at the same stage become one request.

use std::collections::{BTreeMap, HashMap};

use crate::condition::When;
use crate::model::{Model, SubgraphId};
use crate::search::{Consumer, NodeId, PosId, State, StepId};

/// The requests, and under which conditions everything in them is asked for.
pub(crate) struct Graph {
    pub(crate) groups: Vec<Group>,
    /// By step.
    steps: Vec<When>,
    /// By node and entry.
    pub(crate) when: HashMap<(NodeId, usize), When>,
}

/// Steps that travel together.
pub(crate) struct Group {
    pub(crate) subgraph: SubgraphId,
    pub(crate) steps: Vec<StepId>,
    /// Places of other groups in [`Graph::groups`], all before this one.
    pub(crate) after: Vec<usize>,
    pub(crate) when: When,
}

impl Graph {
    pub(crate) fn new(state: &State) -> Self {
        let levels = state.levels();
        let mut by_stage: BTreeMap<(usize, SubgraphId), Vec<StepId>> = BTreeMap::new();
        for (at, step) in state.steps.iter().enumerate() {
            by_stage.entry((levels[at], step.subgraph)).or_default().push(StepId(at));
        }
        let mut group_of = vec![0; state.steps.len()];
        for (group, steps) in by_stage.values().enumerate() {
            for step in steps {
                group_of[step.0] = group;
            }
        }
        let (wanted, when) = conditions(state, levels);
        let groups = by_stage
            .into_iter()
            .map(|((_, subgraph), steps)| {
                let mut after: Vec<usize> =
                    steps.iter().flat_map(|s| &state.step(*s).deps).map(|dep| group_of[dep.0]).collect();
                after.sort_unstable();
                after.dedup();
                let mut all = When::never();
                for step in &steps {
                    all.or(&wanted[step.0]);
                }
                Group { subgraph, steps, after, when: all }
            })
            .collect();
        Self { groups, steps: wanted, when }
    }

    /// When any of these steps is needed.
    pub(crate) fn when_any(&self, steps: impl IntoIterator<Item = StepId>) -> When {
        let mut any = When::never();
        steps.into_iter().for_each(|step| any.or(&self.steps[step.0]));
        any
    }

    /// The text form: one line for each step, in requests.
    pub(crate) fn to_text(&self, model: &Model, state: &State) -> String {
        use std::fmt::Write as _;
        let mut text = String::new();
        for (at, group) in self.groups.iter().enumerate() {
            let _ = write!(text, "#{at} {}", model.subgraphs[group.subgraph.0].name);
            if !group.after.is_empty() {
                let after: Vec<String> = group.after.iter().map(|g| format!("#{g}")).collect();
                let _ = write!(text, " after {}", after.join(", "));
            }
            if !group.when.is_always() {
                let _ = write!(text, " when {}", group.when.to_plan());
            }
            text.push('\n');
            for step in &group.steps {
                let step = state.step(*step);
                if let Some(entity) = &step.entity {
                    let path = path_text(state, state.node(step.node).pos);
                    let fields: Vec<&str> = entity.fields.iter().map(|f| f.name.as_str()).collect();
                    let _ =
                        writeln!(text, "  {} at {path} by {}", model.name(entity.object), fields.join(" "));
                }
                node_text(model, state, step.node, 2, &mut text);
            }
        }
        text
    }
}

fn path_text(state: &State, mut pos: PosId) -> String {
    let mut path = Vec::new();
    while let Some(parent) = state.pos(pos).parent {
        path.push(state.pos(pos).slot.as_str());
        pos = parent;
    }
    path.reverse();
    path.join(".")
}

fn node_text(model: &Model, state: &State, id: NodeId, depth: usize, text: &mut String) {
    use std::fmt::Write as _;
    let node = state.node(id);
    for entry in &node.entries {
        let _ = write!(text, "{}{}", "  ".repeat(depth), entry.slot);
        if entry.slot != entry.field {
            let _ = write!(text, ": {}", entry.field);
        }
        if !node.types.is_subset(&entry.types) {
            let names: Vec<&str> = entry.types.iter().map(|t| model.name(t).as_str()).collect();
            let _ = write!(text, " on {}", names.join("|"));
        }
        text.push('\n');
        if let Some(child) = entry.child {
            node_text(model, state, child, depth + 1, text);
        }
    }
}

/// When each step is needed, and each of its entries: readers first.
fn conditions(state: &State, levels: &[usize]) -> (Vec<When>, HashMap<(NodeId, usize), When>) {
    let mut order: Vec<usize> = (0..state.steps.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(levels[*at]));
    let mut steps = vec![When::never(); state.steps.len()];
    let mut entries = HashMap::new();
    for at in order {
        steps[at] = node_conditions(state, state.steps[at].node, &steps, &mut entries);
    }
    (steps, entries)
}

fn node_conditions(
    state: &State,
    id: NodeId,
    steps: &[When],
    entries: &mut HashMap<(NodeId, usize), When>,
) -> When {
    let mut all = When::never();
    for (at, entry) in state.node(id).entries.iter().enumerate() {
        let mut when =
            entry.child.map_or_else(When::never, |child| node_conditions(state, child, steps, entries));
        for consumer in &entry.consumers {
            match consumer {
                Consumer::Client(client) => when.or(client),
                Consumer::Step(step) => when.or(&steps[step.0]),
            }
        }
        all.or(&when);
        entries.insert((id, at), when);
    }
    all
}
