//! An answer in parts: each is written as soon as all that it needs is there.

use std::collections::{HashMap, HashSet};

use planner::DeferId;

use super::defer::{Deferred, Group};
use super::project::Projection;
use super::runner::{Execution, Run, drive};
use super::site::Site;
use crate::error::{GraphqlError, PathSegment, Refusal};
use crate::json::LossId;

/// A part of an answer.
pub(crate) enum Part {
    /// What is not deferred: JSON text and errors; or why there is none, and then nothing follows.
    First(Result<(Vec<u8>, Vec<GraphqlError>), Refusal>),
    /// What was deferred, and what is told of nothing in particular.
    Later(Vec<Increment>),
}

/// What a deferred fragment brings to one object.
pub(crate) struct Increment {
    /// The JSON text of an object, or null.
    pub(crate) data: Vec<u8>,
    pub(crate) errors: Vec<GraphqlError>,
    /// The object's place in the answer.
    pub(crate) path: Vec<PathSegment>,
    pub(crate) label: Option<String>,
}

/// What introspection says: JSON text by response key, and errors.
#[derive(Clone, Copy)]
pub(crate) struct Introspection<'a> {
    pub(crate) texts: &'a HashMap<String, Vec<u8>>,
    pub(crate) errors: &'a [GraphqlError],
}

/// Runs the plan, and hands over the parts of the answer with whether more follow; the last says that none does.
pub(crate) async fn run_in_parts<'a>(
    execution: &'a Execution<'a>,
    deferred: &'a Deferred,
    introspected: Introspection<'a>,
    longest: usize,
    mut hand_over: impl FnMut(Part, bool),
) {
    let mut parts = Parts {
        execution,
        deferred,
        introspected,
        longest,
        sent: vec![false; deferred.groups.len()],
        told: vec![false; execution.plan.fetches.len()],
        sites: Vec::new(),
        errors: Vec::new(),
        met: HashSet::new(),
    };
    drive(execution, |run, ended| {
        // What is ready at the same time is sent together.
        let mut later: Option<Vec<Increment>> = None;
        while let Some(group) = parts.next(ended) {
            match parts.write(run, group) {
                Part::First(first) => {
                    let more = first.is_ok() && !parts.sites.is_empty();
                    hand_over(Part::First(first), more);
                    if !more {
                        return false;
                    }
                }
                Part::Later(increments) => later.get_or_insert_default().extend(increments),
            }
        }
        let more = !parts.sites.is_empty();
        match later {
            Some(later) if !later.is_empty() || !more => {
                hand_over(Part::Later(later), more);
                more
            }
            _ => true,
        }
    })
    .await;
}

struct Parts<'a> {
    execution: &'a Execution<'a>,
    deferred: &'a Deferred,
    introspected: Introspection<'a>,
    longest: usize,
    /// For each group.
    sent: Vec<bool>,
    /// For each fetch, whether its errors were told.
    told: Vec<bool>,
    /// Where groups that were not sent are to go.
    sites: Vec<Site<'a>>,
    /// What is told with them.
    errors: Vec<GraphqlError>,
    /// The failures that show in what was sent.
    met: HashSet<LossId>,
}

impl<'a> Parts<'a> {
    /// A group that can be sent.
    fn next(&self, ended: &[bool]) -> Option<usize> {
        let is_ready = |group: &Group| {
            let before = group.after.is_none_or(|after| self.sent.get(after) == Some(&true));
            before && group.needs.iter().zip(ended).all(|(needed, ended)| !*needed || *ended)
        };
        let mut groups = self.deferred.groups.iter().zip(&self.sent);
        groups.position(|(group, sent)| !*sent && is_ready(group))
    }

    fn write(&mut self, run: &mut Run<'a>, number: usize) -> Part {
        if let Some(sent) = self.sent.get_mut(number) {
            *sent = true;
        }
        let Some(group) = self.deferred.groups.get(number) else { return Part::Later(Vec::new()) };
        let mut errors = std::mem::take(&mut self.errors);
        for (id, (needed, told)) in group.needs.iter().zip(&mut self.told).enumerate() {
            if *needed && !std::mem::replace(told, true) {
                errors.extend_from_slice(run.errors_of(id));
            }
        }
        let (data, losses) = run.so_far();
        let projection = Projection {
            output: &self.deferred.output,
            introspection: self.introspected.texts,
            variables: self.execution.variables,
            losses,
            longest: self.longest,
            deferring: true,
        };
        if number == 0 {
            errors.extend_from_slice(self.introspected.errors);
            let site = Site::root(&self.deferred.output);
            return Part::First(projection.write_site(&site, data, &mut errors).map(|written| {
                self.met.extend(written.met.into_keys());
                self.sites = written.sites;
                (written.text, self.tell(&projection, errors))
            }));
        }
        let (own, rest): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.sites).into_iter().partition(|site| site.group == Some(DeferId(number)));
        self.sites = rest;
        let mut increments = Vec::with_capacity(own.len());
        for site in own {
            let Some(object) = site.find(data) else { continue };
            let (mut here, elsewhere): (Vec<_>, Vec<_>) =
                errors.into_iter().partition(|error| error.path.as_ref().is_some_and(|at| site.has(at)));
            errors = elsewhere;
            let data = match projection.write_site(&site, object, &mut here) {
                Ok(written) => {
                    self.met.extend(written.met.into_keys());
                    self.sites.extend(written.sites);
                    written.text
                }
                Err(refusal) => {
                    here.extend(refusal.errors);
                    b"null".to_vec()
                }
            };
            // What a fragment within this one is to bring, it tells of.
            let (later, here) = here.into_iter().partition(|error| self.is_for_later(error));
            self.errors.extend::<Vec<_>>(later);
            increments.push(Increment { data, errors: here, path: site.path(), label: group.label.clone() });
        }
        let rest = self.tell(&projection, errors);
        if let Some(first) = increments.first_mut() {
            first.errors.extend(rest);
        }
        Part::Later(increments)
    }

    /// Whether an error is about something that is sent later.
    fn is_for_later(&self, error: &GraphqlError) -> bool {
        error.path.as_ref().is_some_and(|path| self.sites.iter().any(|site| site.has(path)))
    }

    /// The errors that are told now. With the last part, failures that show nowhere are among them.
    fn tell(&mut self, projection: &Projection<'_>, errors: Vec<GraphqlError>) -> Vec<GraphqlError> {
        let (later, mut now): (Vec<_>, Vec<_>) =
            errors.into_iter().partition(|error| self.is_for_later(error));
        self.errors.extend(later);
        if self.sites.is_empty() {
            projection.tell_unmet(|loss| self.met.contains(&loss), &mut now);
        }
        now
    }
}
