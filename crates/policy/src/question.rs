//! What is asked: may this Caller do this to that.

use std::borrow::Cow;
use std::collections::BTreeMap;

use auth::{Caller, TenantId};
use serde::{Deserialize, Serialize};

/// What is known of something, by name.
pub type Attributes = BTreeMap<Cow<'static, str>, Value>;

/// A value that policies can look at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Long(i64),
    /// A text.
    Text(Cow<'static, str>),
    /// Somebody or something, by type and id.
    Entity {
        /// As the schema calls it.
        #[serde(rename = "type")]
        kind: Cow<'static, str>,
        /// Which.
        id: String,
    },
}

impl Value {
    /// A person, as an attribute of something.
    pub fn user(id: auth::UserId) -> Self {
        Self::Entity { kind: "User".into(), id: id.to_string() }
    }

    /// A role, as an attribute of something.
    pub fn role(role: auth::Role) -> Self {
        Self::Entity { kind: "Role".into(), id: role.as_str().to_owned() }
    }
}

/// What is acted on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    /// Its type, as the schema calls it.
    pub kind: Cow<'static, str>,
    /// Which. Policies decide by attributes, so for something that is not there yet any id does.
    pub id: Cow<'static, str>,
    /// Whose it is. Policies read it as the attribute `tenant`.
    pub tenant: TenantId,
    /// What else is known of it.
    pub attributes: Attributes,
}

impl Resource {
    /// A tenant as a whole.
    pub fn organization(tenant: TenantId) -> Self {
        Self {
            kind: "Organization".into(),
            id: tenant.to_string().into(),
            tenant,
            attributes: Attributes::new(),
        }
    }
}

/// May this Caller do this to that. All of it is what a decision is kept under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Question<'a> {
    /// Who asks: subject, tenant and roles.
    pub caller: &'a Caller,
    /// What is to be done, as the schema calls it.
    pub action: &'a str,
    /// To what.
    pub resource: &'a Resource,
    /// What else matters: limits that are configured, the time.
    pub context: &'a Attributes,
}
