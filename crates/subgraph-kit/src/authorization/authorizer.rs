use std::sync::Arc;

use auth::{Caller, Clock};
use policy::{Attributes, Decision, Embedded, Engine, Question, Resource};
use telemetry::RequestId;

use super::config::Config;
use super::reload;
use crate::error::Error;
use crate::fault::Fault;
use crate::process::StartError;

/// Something that can be done in a service.
pub trait Action: Copy {
    /// As the service's Cedar schema calls it.
    fn name(self) -> &'static str;

    /// What a Caller is told who may not. It speaks of the action alone: why, and what would be needed, is for support to
    /// find out (`tributary policy explain`).
    fn denial(self) -> &'static str;
}

/// A decision, for whoever keeps a record of them.
#[derive(Debug, Clone, Copy)]
pub struct Decided<'a> {
    /// Who asked.
    pub caller: &'a Caller,
    /// In which request.
    pub request_id: &'a RequestId,
    /// For what.
    pub action: &'static str,
    /// On what.
    pub resource: &'a Resource,
    /// What came out.
    pub decision: &'a Decision,
}

/// Keeps a record of decisions, beside the trace that has all of them.
pub trait DecisionLog: Send + Sync {
    /// Called for each decision, on the thread of the request: hands it on and returns.
    fn decided(&self, decided: &Decided<'_>);
}

/// The policies of a service.
#[derive(Clone)]
pub struct Authorization {
    engine: Arc<Engine>,
    log: Option<Arc<dyn DecisionLog>>,
}

impl Authorization {
    /// Reads and checks the policies, and sees to it that a changed folder is read again.
    ///
    /// # Errors
    /// When the policies are of no use.
    pub fn open(embedded: &Embedded, config: &Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let engine = Engine::new(embedded, config.options(), clock)
            .map_err(|error| StartError::Config(format!("policies: {error}")))?;
        let engine = Arc::new(engine);
        if let Some(every) = config.reload_every() {
            reload::watch(&engine, embedded.service, every);
        }
        Ok(Self { engine, log: None })
    }

    /// With a record of all decisions.
    #[must_use]
    pub fn logged(self, log: Arc<dyn DecisionLog>) -> Self {
        Self { log: Some(log), ..self }
    }

    /// For one request.
    pub fn authorizer(&self, caller: Caller, request_id: RequestId) -> Authorizer {
        Authorizer { authorization: self.clone(), caller, request_id }
    }
}

/// Says what the Caller of one request may do.
#[derive(Clone)]
pub struct Authorizer {
    authorization: Authorization,
    caller: Caller,
    request_id: RequestId,
}

/// Why something is not done.
#[derive(Debug, Clone)]
pub enum Refusal {
    /// The Caller may not; the text may be shown.
    Denied(&'static str),
    /// Nothing was decided, through a fault of ours.
    Fault(Fault),
}

impl Authorizer {
    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Whether the Caller may do this.
    ///
    /// # Errors
    /// When they may not, or it cannot be found out.
    pub fn check(&self, action: impl Action, resource: &Resource) -> Result<(), Refusal> {
        self.check_with(action, resource, &Attributes::new())
    }

    /// The same for something of the tenant's as a whole.
    ///
    /// # Errors
    /// When they may not, or it cannot be found out.
    pub fn check_organization(&self, action: impl Action) -> Result<(), Refusal> {
        self.check(action, &Resource::organization(self.caller.tenant))
    }

    /// Whether the Caller may do this, where more matters than who and what.
    ///
    /// # Errors
    /// When they may not, or it cannot be found out.
    pub fn check_with(
        &self,
        action: impl Action,
        resource: &Resource,
        context: &Attributes,
    ) -> Result<(), Refusal> {
        let name = action.name();
        let question = Question { caller: &self.caller, action: name, resource, context };
        let decision = self
            .authorization
            .engine
            .decide(question)
            .map_err(|unknown| Refusal::Fault(Fault::new(format!("{name}: {unknown}"))))?;
        trace(name, resource, &decision);
        if let Some(log) = &self.authorization.log {
            let (caller, request_id) = (&self.caller, &self.request_id);
            log.decided(&Decided { caller, request_id, action: name, resource, decision: &decision });
        }
        if decision.allowed { Ok(()) } else { Err(Refusal::Denied(action.denial())) }
    }
}

/// An event of the request's span, which has the tenant and the request id. Ids and attributes of what is acted on are
/// not in it: they may be personal.
fn trace(action: &str, resource: &Resource, decision: &Decision) {
    let Decision { allowed, policies, errors } = decision;
    let (kind, policies) = (&*resource.kind, policies.join(" "));
    if !errors.is_empty() {
        let errors = errors.join(" ");
        tracing::error!(action, resource = kind, policies, errors, "denied: a policy can't be evaluated");
    } else if *allowed {
        tracing::debug!(action, resource = kind, policies, "allowed");
    } else {
        tracing::info!(action, resource = kind, policies, "denied");
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(text) => Self::forbidden(text),
            Refusal::Fault(fault) => fault.into(),
        }
    }
}
