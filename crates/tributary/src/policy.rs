//! `tributary policy`: the rules about who may do what, checked and explained.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use auth::{Caller, Role, SystemClock, TenantId, UserId};
use clap::{Args, Subcommand};
use policy::{Attributes, Engine, Options, Question, Resource};
use serde::Deserialize;
use uuid::Uuid;

use crate::subgraphs::Subgraph;

/// Check the policies about who may do what, or explain what they decide.
#[derive(Subcommand)]
pub(crate) enum Command {
    Check(CheckArguments),
    Explain(ExplainArguments),
}

/// Check policies against the schema of their service: those that are built in, or those of a folder.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary policy check                                     the policies of all services
  tributary policy check orders --policies ./policies/orders")]
pub(crate) struct CheckArguments {
    /// Of which service; all of them where none is named.
    #[arg(value_enum)]
    service: Option<Subgraph>,
    /// The folder whose `*.cedar` files would replace the service's own.
    #[arg(long, value_name = "FOLDER", requires = "service")]
    policies: Option<PathBuf>,
}

/// Explain why somebody may do something, or not: which policies decide, and which would but for one part.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary policy explain users --role admin --action inviteMembers
  tributary policy explain orders --role member --user 0190a6c4-0000-7000-8000-000000000001 --action cancelOrder \\
      --resource '{\"type\": \"Order\", \"attributes\": {\"placedBy\": {\"type\": \"User\", \"id\": \"0190a6c4-0000-7000-8000-000000000001\"},
      \"status\": \"placed\", \"total\": 500, \"currency\": \"EUR\", \"placedAt\": 1767225600}}' --context '{\"now\": 1767229200}'
  tributary policy explain billing --principal '{\"roles\": [\"viewer\"]}' --action viewAccounts --json")]
pub(crate) struct ExplainArguments {
    /// Of which service.
    #[arg(value_enum)]
    service: Subgraph,
    /// A role of whoever asks. May be given several times.
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Vec<Role>,
    /// The id of whoever asks; one that is made up where none is given.
    #[arg(long, value_name = "ID")]
    user: Option<Uuid>,
    /// The tenant of whoever asks; one that is made up where none is given.
    #[arg(long, value_name = "ID")]
    tenant: Option<Uuid>,
    /// All of that as JSON: `id`, `tenant` and `roles`.
    #[arg(long, value_name = "JSON", conflicts_with_all = ["role", "user", "tenant"])]
    principal: Option<String>,
    /// What is to be done.
    #[arg(long, value_name = "NAME")]
    action: String,
    /// To what, as JSON: `type`, `id`, `tenant` and `attributes`. The tenant of whoever asks where none is said; without a
    /// resource it is that tenant's organization.
    #[arg(long, value_name = "JSON")]
    resource: Option<String>,
    /// What else matters, as JSON.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    context: String,
    /// The folder whose `*.cedar` files replace the service's own.
    #[arg(long, value_name = "FOLDER")]
    policies: Option<PathBuf>,
    /// Write the explanation as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PrincipalJson {
    id: Option<UserId>,
    tenant: Option<TenantId>,
    #[serde(default)]
    roles: BTreeSet<Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceJson {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    id: String,
    tenant: Option<TenantId>,
    #[serde(default)]
    attributes: Attributes,
}

/// The text for standard output.
///
/// # Errors
/// Policies that are of no use, or a question that the service's schema does not know.
pub(crate) fn run(command: &Command) -> Result<String> {
    match command {
        Command::Check(arguments) => check(arguments),
        Command::Explain(arguments) => explain(arguments),
    }
}

fn check(arguments: &CheckArguments) -> Result<String> {
    let services = arguments.service.map_or_else(|| Subgraph::ALL.to_vec(), |service| vec![service]);
    let mut text = String::new();
    for service in services {
        let engine = engine(service, arguments.policies.as_deref())?;
        let (policies, actions) = (engine.policies().len(), engine.actions().len());
        writeln!(text, "{}: {policies} policies about {actions} actions are good", service.name())?;
    }
    Ok(text)
}

fn explain(arguments: &ExplainArguments) -> Result<String> {
    let engine = engine(arguments.service, arguments.policies.as_deref())?;
    let caller = caller(arguments)?;
    let resource = match &arguments.resource {
        None => Resource::organization(caller.tenant),
        Some(text) => resource(text, caller.tenant)?,
    };
    let context: Attributes = serde_json::from_str(&arguments.context).context("--context")?;
    if !engine.actions().contains(&arguments.action.as_str()) {
        bail!("there is no action {}; there are {}", arguments.action, engine.actions().join(", "));
    }
    let question =
        Question { caller: &caller, action: &arguments.action, resource: &resource, context: &context };
    let explanation = engine.explain(question)?;
    if arguments.json {
        return Ok(serde_json::to_string_pretty(&explanation)? + "\n");
    }
    Ok(explanation.to_string())
}

fn engine(service: Subgraph, folder: Option<&Path>) -> Result<Engine> {
    let options = Options { folder: folder.map(Path::to_owned), ..Options::default() };
    Engine::new(&service.policies(), options, Arc::new(SystemClock)).with_context(|| service.name())
}

fn caller(arguments: &ExplainArguments) -> Result<Caller> {
    let principal = match &arguments.principal {
        Some(text) => serde_json::from_str(text).context("--principal")?,
        None => PrincipalJson {
            id: arguments.user.map(Into::into),
            tenant: arguments.tenant.map(Into::into),
            roles: arguments.role.iter().copied().collect(),
        },
    };
    Ok(Caller {
        subject: principal.id.unwrap_or_else(|| Uuid::from_u128(1).into()),
        tenant: principal.tenant.unwrap_or_else(|| Uuid::from_u128(2).into()),
        roles: principal.roles,
        scopes: BTreeSet::new(),
    })
}

fn resource(text: &str, own: TenantId) -> Result<Resource> {
    let ResourceJson { kind, id, tenant, attributes } = serde_json::from_str(text).context("--resource")?;
    let (kind, id) = (Cow::Owned(kind), Cow::Owned(id));
    Ok(Resource { kind, id, tenant: tenant.unwrap_or(own), attributes })
}

fn role(text: &str) -> Result<Role, String> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    Role::ALL
        .into_iter()
        .find(|role| role.as_str() == text)
        .ok_or_else(|| format!("the roles are {}", known()))
}
