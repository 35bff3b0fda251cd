//! Conditions from `@skip` and `@include`, as an "or" of "and"s.

use apollo_compiler::Name;

use crate::plan::Condition;

/// A Boolean variable, or its negation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Literal {
    pub(crate) variable: Name,
    pub(crate) negated: bool,
}

/// All of these hold. Sorted, without doubles.
pub(crate) type Conjunction = Vec<Literal>;

/// Adds a literal. `None`: it can never hold.
pub(crate) fn and_literal(conjunction: &Conjunction, literal: Literal) -> Option<Conjunction> {
    if conjunction.iter().any(|l| l.variable == literal.variable && l.negated != literal.negated) {
        return None;
    }
    let mut all = conjunction.clone();
    if let Err(place) = all.binary_search(&literal) {
        all.insert(place, literal);
    }
    Some(all)
}

/// At least one of the conjunctions holds. Empty: never.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct When(Vec<Conjunction>);

impl When {
    pub(crate) fn always() -> Self {
        Self(vec![Vec::new()])
    }

    pub(crate) fn never() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn is_always(&self) -> bool {
        self.0.iter().any(Vec::is_empty)
    }

    pub(crate) fn is_never(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn conjunctions(&self) -> &[Conjunction] {
        &self.0
    }

    /// Takes in another alternative, and keeps the whole small: what is implied is dropped, and two that differ
    /// in the sign of one literal become one.
    pub(crate) fn or_conjunction(&mut self, new: &Conjunction) {
        let mut new = new.clone();
        loop {
            if self.0.iter().any(|old| implies(&new, old)) {
                return;
            }
            self.0.retain(|old| !implies(old, &new));
            let joined = self.0.iter().enumerate().find_map(|(at, old)| Some((at, join(old, &new)?)));
            match joined {
                Some((at, wider)) => {
                    self.0.remove(at);
                    new = wider;
                }
                None => break,
            }
        }
        let place = self.0.binary_search(&new).unwrap_or_else(|place| place);
        self.0.insert(place, new);
    }

    pub(crate) fn or(&mut self, other: &Self) {
        for conjunction in &other.0 {
            self.or_conjunction(conjunction);
        }
    }

    /// Both hold.
    pub(crate) fn and(&self, other: &Self) -> Self {
        if self.is_always() {
            return other.clone();
        }
        let mut both = Self::never();
        for a in &self.0 {
            for b in &other.0 {
                let joined = b.iter().try_fold(a.clone(), |all, literal| and_literal(&all, literal.clone()));
                if let Some(joined) = joined {
                    both.or_conjunction(&joined);
                }
            }
        }
        both
    }

    /// What is left to say where `outer` is known to hold.
    pub(crate) fn within(&self, outer: &Self) -> Self {
        if self == outer || outer.0.iter().all(|o| self.0.iter().any(|own| implies(o, own))) {
            return Self::always();
        }
        let [known] = outer.0.as_slice() else { return self.clone() };
        let mut rest = Self::never();
        for conjunction in &self.0 {
            rest.or_conjunction(&conjunction.iter().filter(|l| !known.contains(l)).cloned().collect());
        }
        rest
    }

    pub(crate) fn to_plan(&self) -> Condition {
        if self.is_always() {
            return Condition::Always;
        }
        let mut any: Vec<Condition> = self.0.iter().map(conjunction_to_plan).collect();
        match any.pop() {
            Some(only) if any.is_empty() => only,
            Some(last) => {
                any.push(last);
                Condition::Any(any)
            }
            None => Condition::Any(Vec::new()),
        }
    }
}

fn conjunction_to_plan(conjunction: &Conjunction) -> Condition {
    let mut all: Vec<Condition> = conjunction
        .iter()
        .map(|l| Condition::Variable { name: l.variable.to_string(), negated: l.negated })
        .collect();
    match all.pop() {
        Some(only) if all.is_empty() => only,
        Some(last) => {
            all.push(last);
            Condition::All(all)
        }
        None => Condition::Always,
    }
}

fn implies(stronger: &Conjunction, weaker: &Conjunction) -> bool {
    weaker.iter().all(|literal| stronger.contains(literal))
}

/// `a & x` or `a & !x` is `a`.
fn join(a: &Conjunction, b: &Conjunction) -> Option<Conjunction> {
    if a.len() != b.len() {
        return None;
    }
    let mut differing = a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y);
    let (at, (x, y)) = differing.next()?;
    if differing.next().is_some() || x.variable != y.variable {
        return None;
    }
    let mut joined = a.clone();
    joined.remove(at);
    Some(joined)
}
