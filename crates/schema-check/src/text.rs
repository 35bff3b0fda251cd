//! The report for people.

use std::fmt;

use crate::authorization::{AuthorizationChange, Effect};
use crate::change::{Change, Criticality, Use};
use crate::operations::{InvalidDocument, PlanChange, PlanSummary, Planned};
use crate::report::{Operations, Refusal, Report};

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (broken, unused): (Vec<&Change>, Vec<&Change>) =
            self.of(Criticality::Breaking).partition(|change| change.breaks_clients());
        let refusal: Vec<&Refusal> = self.refusal.iter().collect();
        section(f, "This gateway would refuse the proposed supergraph", &refusal, |f, refusal| {
            let published = if refusal.is_new { "" } else { " (as it refuses the published one)" };
            writeln!(f, "  {}{published}", refusal.reason)
        })?;
        section(f, "Breaking", &broken, |f, one| change(f, one))?;
        section(f, "Breaking, but used by no recorded operation", &unused, |f, one| change(f, one))?;
        for (title, criticality) in
            [("Dangerous", Criticality::Dangerous), ("Safe", Criticality::NonBreaking)]
        {
            section(f, title, &self.of(criticality).collect::<Vec<_>>(), |f, one| change(f, one))?;
        }
        section(f, "Authorization", &self.authorization, authorization)?;
        if let Some(operations) = &self.operations {
            section(f, "Operations that are no longer valid", &operations.no_longer_valid, invalid)?;
            section(
                f,
                "Operations that the published schema refuses already (not checked)",
                &operations.invalid_before,
                invalid,
            )?;
            section(f, "Operations with another plan", &operations.plans, plan)?;
        }
        section(f, "Hints of composition", &self.hints, |f, hint| writeln!(f, "  {hint}"))?;
        self.summary(f, broken.len(), unused.len())
    }
}

impl Report {
    fn summary(&self, f: &mut fmt::Formatter<'_>, broken: usize, unused: usize) -> fmt::Result {
        let verdict = if self.is_breaking() { "BREAKING" } else { "OK" };
        write!(f, "{verdict}: {broken} breaking")?;
        if unused > 0 {
            write!(f, " ({unused} more used by no recorded operation)")?;
        }
        let count = |criticality| self.of(criticality).count();
        write!(
            f,
            ", {} dangerous, {} safe; authorization: {}",
            count(Criticality::Dangerous),
            count(Criticality::NonBreaking),
            counted(self.authorization.len(), "change"),
        )?;
        if let Some(Operations { checked, invalid_before, no_longer_valid, plans }) = &self.operations {
            let checked = counted(*checked, "operation");
            let (invalid, plans) = (counted(no_longer_valid.len(), "file"), plans.len());
            write!(f, "; {checked} checked: {invalid} no longer valid, {plans} with another plan")?;
            if !invalid_before.is_empty() {
                write!(f, "; {} not checked", counted(invalid_before.len(), "file"))?;
            }
        }
        writeln!(f, ".")
    }
}

/// A heading and its entries; nothing where there are none.
fn section<T>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    entries: &[T],
    entry: impl Fn(&mut fmt::Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    if entries.is_empty() {
        return Ok(());
    }
    writeln!(f, "{title}")?;
    for one in entries {
        entry(f, one)?;
    }
    writeln!(f)
}

fn change(f: &mut fmt::Formatter<'_>, change: &Change) -> fmt::Result {
    writeln!(f, "  {} {}: {}", change.kind, change.coordinate, change.message)?;
    uses(f, change.used_by.as_deref())
}

fn authorization(f: &mut fmt::Formatter<'_>, change: &AuthorizationChange) -> fmt::Result {
    let effect = match change.effect {
        Effect::Looser => "looser",
        Effect::Different => "different",
        Effect::Stricter => "stricter",
        Effect::New => "new",
    };
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
    writeln!(
        f,
        "  {effect} {}: {} -> {}",
        change.coordinate,
        or_none(&change.before),
        or_none(&change.after)
    )?;
    uses(f, change.used_by.as_deref())
}

fn uses(f: &mut fmt::Formatter<'_>, uses: Option<&[Use]>) -> fmt::Result {
    uses.into_iter().flatten().try_for_each(|used| writeln!(f, "      used by {used}"))
}

fn invalid(f: &mut fmt::Formatter<'_>, document: &InvalidDocument) -> fmt::Result {
    document.errors.iter().try_for_each(|error| writeln!(f, "  {}:{error}", document.file))
}

fn plan(f: &mut fmt::Formatter<'_>, change: &PlanChange) -> fmt::Result {
    let name = change.operation.as_deref().unwrap_or("an anonymous operation");
    writeln!(f, "  {name} ({})", change.file)?;
    match (&change.before, &change.after) {
        (Planned::Plan(before), Planned::Plan(after)) => {
            writeln!(f, "      fetches {} -> {}", before.fetches, after.fetches)?;
            writeln!(f, "      longest path {} -> {}", before.path, after.path)?;
            writeln!(f, "      subgraphs {} -> {}", subgraphs(before), subgraphs(after))
        }
        (before, after) => {
            writeln!(f, "      before: {}", planned(before))?;
            writeln!(f, "      after: {}", planned(after))
        }
    }
}

fn planned(planned: &Planned) -> String {
    match planned {
        Planned::Plan(plan) => counted_many(plan.fetches, "fetch", "fetches"),
        Planned::Failed { error } => format!("cannot be planned: {error}"),
    }
}

fn subgraphs(plan: &PlanSummary) -> String {
    let names = plan.subgraphs.iter().map(|(name, count)| match count {
        1 => name.clone(),
        count => format!("{name} x{count}"),
    });
    let names: Vec<String> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn counted(count: usize, what: &str) -> String {
    counted_many(count, what, &format!("{what}s"))
}

fn counted_many(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
