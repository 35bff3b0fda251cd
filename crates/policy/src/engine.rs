//! Decides, with the policies that hold at the moment.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use auth::Clock;
use cedar_policy::{AuthorizationError, Authorizer};
use chrono::TimeDelta;

use crate::cache::Decisions;
use crate::decision::Decision;
use crate::error::{LoadError, UnknownQuestion};
use crate::explain::Explanation;
use crate::question::Question;
use crate::set::{Model, Policies};
use crate::source::{Embedded, Source, read_folder};
use crate::translate::Translated;

/// How an [`Engine`] works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder whose `*.cedar` files replace the service's own policies; `None` for those that are built in.
    pub folder: Option<PathBuf>,
    /// How long a decision is kept; zero for not at all.
    pub time_to_live: Duration,
    /// How many decisions are kept at most.
    pub most_decisions: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { folder: None, time_to_live: Duration::from_secs(5), most_decisions: 10_000 }
    }
}

/// What came of looking at the folder again.
#[derive(Debug)]
pub enum Reload {
    /// Nothing is different.
    Unchanged,
    /// The new policies hold from now on.
    Replaced,
    /// The new policies are of no use; those before hold on.
    Refused(LoadError),
    /// The same useless policies as last time.
    StillRefused,
}

/// Decides who may do what. Made once for a service; asked by every request.
pub struct Engine {
    model: Model,
    options: Options,
    clock: Arc<dyn Clock>,
    authorizer: Authorizer,
    current: ArcSwap<Current>,
    /// What was wrong at the last reload, if something was. Held while reloading: one at a time.
    refused: Mutex<Option<String>>,
}

/// A set with the decisions that it made: both are replaced at once, so that no decision of the old set is kept for the
/// new one, not even by a request that is still at it.
struct Current {
    sources: Vec<Source>,
    policies: Policies,
    decisions: Decisions,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Engine").field("options", &self.options).finish_non_exhaustive()
    }
}

impl Engine {
    /// Reads and checks a service's policies.
    ///
    /// # Errors
    /// When they are of no use: then the service must not start.
    pub fn new(embedded: &Embedded, options: Options, clock: Arc<dyn Clock>) -> Result<Self, LoadError> {
        let model = Model::new(embedded)?;
        let sources = match &options.folder {
            Some(folder) => read_folder(folder)?,
            None => embedded.sources(),
        };
        let current = ArcSwap::from_pointee(Current::new(&model, &options, sources)?);
        let authorizer = Authorizer::new();
        Ok(Self { model, options, clock, authorizer, current, refused: Mutex::default() })
    }

    /// Looks at the folder again. Reads files: not for a thread that serves requests.
    pub fn reload(&self) -> Reload {
        let Some(folder) = &self.options.folder else { return Reload::Unchanged };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let read = read_folder(folder).and_then(|sources| {
            if sources == self.current.load().sources {
                return Ok(None);
            }
            Current::new(&self.model, &self.options, sources).map(Some)
        });
        match read {
            Ok(None) => {
                *refused = None;
                Reload::Unchanged
            }
            Ok(Some(current)) => {
                *refused = None;
                self.current.store(Arc::new(current));
                Reload::Replaced
            }
            Err(error) => {
                let text = error.to_string();
                if refused.as_deref() == Some(&text) {
                    return Reload::StillRefused;
                }
                *refused = Some(text);
                Reload::Refused(error)
            }
        }
    }

    /// Whether this may be done. What was decided a moment ago is not decided again.
    ///
    /// # Errors
    /// When the schema does not know the question. Nothing is allowed then.
    pub fn decide(&self, question: Question<'_>) -> Result<Arc<Decision>, UnknownQuestion> {
        let current = self.current.load();
        let now = self.clock.now();
        if let Some(decision) = current.decisions.get(question, now) {
            return Ok(decision);
        }
        let translated = Translated::new(&self.model, question)?;
        let decision = Arc::new(self.evaluate(&current.policies, &translated));
        current.decisions.keep(question, now, decision.clone());
        Ok(decision)
    }

    /// Which policies decide this, and which would but for one part. For people: it takes longer than a decision.
    ///
    /// # Errors
    /// When the schema does not know the question.
    pub fn explain(&self, question: Question<'_>) -> Result<Explanation, UnknownQuestion> {
        let current = self.current.load();
        let translated = Translated::new(&self.model, question)?;
        let decision = self.evaluate(&current.policies, &translated);
        Explanation::new(&self.authorizer, &current.policies, &translated, question, &decision)
    }

    /// The ids of the policies that hold, each with the file that it stands in.
    pub fn policies(&self) -> Vec<(Arc<str>, Arc<str>)> {
        let current = self.current.load();
        current.policies.named.iter().map(|named| (named.id.clone(), named.file.clone())).collect()
    }

    /// The names of the actions that can be asked about, sorted.
    pub fn actions(&self) -> Vec<&str> {
        let mut actions: Vec<&str> = self.model.actions.keys().map(String::as_str).collect();
        actions.sort_unstable();
        actions
    }

    fn evaluate(&self, policies: &Policies, translated: &Translated) -> Decision {
        let Translated { request, entities } = translated;
        let response = self.authorizer.is_authorized(request, &policies.cedar, entities);
        let diagnostics = response.diagnostics();
        let mut deciding: Vec<Arc<str>> = diagnostics.reason().map(|id| policies.id(id)).collect();
        let mut errors: Vec<Arc<str>> = diagnostics
            .errors()
            .map(|AuthorizationError::PolicyEvaluationError(error)| policies.id(error.policy_id()))
            .collect();
        deciding.sort();
        errors.sort();
        let allowed = response.decision() == cedar_policy::Decision::Allow && errors.is_empty();
        Decision { allowed, policies: deciding, errors }
    }
}

impl Current {
    fn new(model: &Model, options: &Options, sources: Vec<Source>) -> Result<Self, LoadError> {
        let policies = Policies::new(model, &sources)?;
        let time_to_live = TimeDelta::from_std(options.time_to_live).unwrap_or(TimeDelta::MAX);
        let decisions = Decisions::new(options.most_decisions, time_to_live);
        Ok(Self { sources, policies, decisions })
    }
}
