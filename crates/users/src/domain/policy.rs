//! What can be done here, and what is known of what it is done to. Who may is told in `policies/users.cedar`.

use auth::{Role, TenantId};
use subgraph_kit::authorization::{self, Attributes, Embedded, Resource, Value};

/// The rules.
pub(crate) const POLICIES: Embedded = Embedded {
    service: crate::NAME,
    schema: include_str!("../../policies/users.cedarschema"),
    policies: include_str!("../../policies/users.cedar"),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    ViewOrganization,
    ViewPeople,
    /// To invite at all.
    InviteMembers,
    /// To invite as this.
    InviteMember,
}

impl authorization::Action for Action {
    fn name(self) -> &'static str {
        match self {
            Self::ViewOrganization => "viewOrganization",
            Self::ViewPeople => "viewPeople",
            Self::InviteMembers => "inviteMembers",
            Self::InviteMember => "inviteMember",
        }
    }

    fn denial(self) -> &'static str {
        match self {
            Self::ViewOrganization => "You may not see the organization",
            Self::ViewPeople => "You may not see the people of the organization",
            Self::InviteMembers => "You may not invite people",
            Self::InviteMember => "You may not invite people in this role",
        }
    }
}

/// A membership to be.
pub(super) fn membership(tenant: TenantId, role: Role) -> Resource {
    let attributes = Attributes::from([("role".into(), Value::role(role))]);
    Resource { kind: "Membership".into(), id: "new".into(), tenant, attributes }
}

#[cfg(test)]
mod tests {
    use test_kit::DecisionTable;

    #[test]
    fn decides_as_the_table_says() {
        DecisionTable::new(include_str!("../../policies/decisions.txt")).check(&super::POLICIES);
    }
}
