//! A question, as Cedar takes it.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entities, Entity, EntityUid, Request, RestrictedExpression};

use crate::error::UnknownQuestion;
use crate::question::{Attributes, Question, Value};
use crate::set::{Model, uid};

/// What Cedar's authorizer takes.
pub(crate) struct Translated {
    pub(crate) request: Request,
    pub(crate) entities: Entities,
}

impl Translated {
    /// # Errors
    /// When the schema does not know the action, or not for such a resource, or an attribute is not as it says.
    pub(crate) fn new(model: &Model, question: Question<'_>) -> Result<Self, UnknownQuestion> {
        let Question { caller, action, resource, context } = question;
        let action = model
            .actions
            .get(action)
            .ok_or_else(|| UnknownQuestion(format!("there is no action {action:?}")))?;
        let tenant = |id: auth::TenantId| named(model, "Tenant", &id.to_string());

        let roles = caller.roles.iter().map(|role| named(model, "Role", role.as_str()));
        let attributes = HashMap::from([("tenant".to_owned(), reference(tenant(caller.tenant)?))]);
        let principal = Entity::new(
            named(model, "User", &caller.subject.to_string())?,
            attributes,
            roles.collect::<Result<HashSet<EntityUid>, _>>()?,
        )
        .map_err(unknown)?;

        let mut attributes = expressions(model, &resource.attributes)?;
        attributes.insert("tenant".to_owned(), reference(tenant(resource.tenant)?));
        let target = named(model, &resource.kind, &resource.id)?;
        let target = Entity::new(target, attributes, HashSet::new()).map_err(unknown)?;

        let context = Context::from_pairs(expressions(model, context)?).map_err(unknown)?;
        let request = Request::new(principal.uid(), action.uid(), target.uid(), context, Some(&model.schema))
            .map_err(unknown)?;
        let entities = Entities::from_entities([principal, target], Some(&model.schema)).map_err(unknown)?;
        Ok(Self { request, entities })
    }
}

fn expressions(
    model: &Model,
    attributes: &Attributes,
) -> Result<HashMap<String, RestrictedExpression>, UnknownQuestion> {
    let expression = |value: &Value| {
        Ok(match value {
            Value::Bool(value) => RestrictedExpression::new_bool(*value),
            Value::Long(value) => RestrictedExpression::new_long(*value),
            Value::Text(value) => RestrictedExpression::new_string(value.clone().into_owned()),
            Value::Entity { kind, id } => reference(named(model, kind, id)?),
        })
    };
    attributes.iter().map(|(name, value)| Ok((name.to_string(), expression(value)?))).collect()
}

fn named(model: &Model, kind: &str, id: &str) -> Result<EntityUid, UnknownQuestion> {
    let name = model.types.get(kind).ok_or_else(|| UnknownQuestion(format!("there is no type {kind:?}")))?;
    Ok(uid(name, id))
}

fn reference(uid: EntityUid) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid)
}

fn unknown(error: impl std::fmt::Display) -> UnknownQuestion {
    UnknownQuestion(error.to_string())
}
