//! Who may do what, as a table.

use std::collections::BTreeSet;
use std::sync::Arc;

use auth::{Caller, Role, SystemClock, TenantId, UserId};
use policy::{Attributes, Embedded, Engine, Options, Question, Resource, Value};
use uuid::Uuid;

/// What a service's policies must decide: a line for each action and kind of resource.
///
/// ```text
/// # action     resource                         context    who may
/// cancelOrder | Order placedBy=me total=500   | now=9000 | owner admin member
/// ```
///
/// A value is a number, `me` or `other` for a user, `@owner` for a role, or a text. Who may is any of the roles, or `none` for a
/// Caller without one.
#[derive(Debug, Clone, Copy)]
pub struct DecisionTable<'a>(&'a str);

impl<'a> DecisionTable<'a> {
    /// The table in this text.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Whether each line is so, no line is so for another tenant's resource, and every action has a line.
    ///
    /// # Panics
    /// When it is not, with what is wrong.
    #[allow(clippy::panic, reason = "a test fails by panicking")]
    pub fn check(self, service: &Embedded) {
        let mut wrong = Vec::new();
        let engine = match Engine::new(service, Options::default(), Arc::new(SystemClock)) {
            Ok(engine) => engine,
            Err(error) => panic!("{error}"),
        };
        let mut missing: BTreeSet<&str> = engine.actions().into_iter().collect();
        for line in self.0.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            let Some(row) = Row::read(line) else { panic!("not a line of a table: {line}") };
            missing.remove(row.action);
            wrong.extend(row.contradictions(&engine).into_iter().map(|what| format!("{what}: {line}")));
        }
        wrong.extend(missing.into_iter().map(|action| format!("no line for {action}")));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

struct Row<'a> {
    action: &'a str,
    resource: Resource,
    context: Attributes,
    /// The roles that may; `None` for a Caller without a role.
    may: BTreeSet<Option<Role>>,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let mut cells = line.split('|').map(str::trim);
        let (action, resource, context, who) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
        let (kind, attributes) = resource.split_once(' ').unwrap_or((resource, ""));
        let resource = Resource {
            kind: kind.to_owned().into(),
            id: "1".into(),
            tenant: own_tenant(),
            attributes: read_attributes(attributes)?,
        };
        let may = who.split_whitespace().map(|name| match name {
            "none" => Some(None),
            name => Role::ALL.into_iter().find(|role| role.as_str() == name).map(Some),
        });
        Some(Self { action, resource, context: read_attributes(context)?, may: may.collect::<Option<_>>()? })
    }

    fn contradictions(&self, engine: &Engine) -> Vec<String> {
        let mut wrong = Vec::new();
        let foreign = Resource { tenant: other_tenant(), ..self.resource.clone() };
        for role in std::iter::once(None).chain(Role::ALL.map(Some)) {
            let caller = Caller {
                subject: me(),
                tenant: own_tenant(),
                roles: role.into_iter().collect(),
                scopes: BTreeSet::new(),
            };
            let name = role.map_or("none", Role::as_str);
            for (resource, expected) in [(&self.resource, self.may.contains(&role)), (&foreign, false)] {
                let Self { action, context, .. } = self;
                let decision = engine.decide(Question { caller: &caller, action, resource, context });
                match decision {
                    Ok(decision) if decision.allowed == expected && decision.errors.is_empty() => {}
                    found => wrong.push(format!("{name}, tenant {}: {found:?}", resource.tenant)),
                }
            }
        }
        wrong
    }
}

fn read_attributes(text: &str) -> Option<Attributes> {
    text.split_whitespace()
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            let value = match (value, value.strip_prefix('@')) {
                ("me", _) => Value::user(me()),
                ("other", _) => Value::user(Uuid::from_u128(2).into()),
                (_, Some(role)) => Value::Entity { kind: "Role".into(), id: role.to_owned() },
                _ => value.parse().map_or_else(|_| Value::Text(value.to_owned().into()), Value::Long),
            };
            Some((name.to_owned().into(), value))
        })
        .collect()
}

fn me() -> UserId {
    Uuid::from_u128(1).into()
}

fn own_tenant() -> TenantId {
    Uuid::from_u128(10).into()
}

fn other_tenant() -> TenantId {
    Uuid::from_u128(11).into()
}
