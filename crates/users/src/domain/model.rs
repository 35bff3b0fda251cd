use auth::{Role, TenantId, UserId};
use chrono::{DateTime, Utc};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Which.
    pub id: TenantId,
    /// Its short name, as it stands in addresses. Unique among all organizations.
    pub slug: String,
    /// Its name, as people write it.
    pub display_name: String,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
}

/// A person, as an organization knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Who. The same person has the same id in every organization.
    pub id: UserId,
    /// The address, in lower case. Unique within an organization.
    pub email: String,
    /// The name, as the person writes it.
    pub display_name: String,
    /// Since when the person is known.
    pub created_at: DateTime<Utc>,
}

/// That somebody belongs to an organization, and as what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// The organization.
    pub tenant: TenantId,
    /// The person.
    pub user: UserId,
    /// What the person may do there.
    pub role: Role,
    /// Whether the person has accepted.
    pub status: MembershipStatus,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// How far a membership has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MembershipStatus {
    /// Asked, and not there yet.
    Invited,
    /// A member.
    Active,
}
