//! Who works where.

use auth::{Role, TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use users::seed::{Dataset, Membership, MembershipStatus, Organization, User};

use super::random::Random;
use super::{Tenant, beginning};

/// The platform's own support person, let in everywhere by the global role.
pub(super) fn support(random: &mut Random, data: &mut Dataset) -> UserId {
    let id = UserId::from(random.id(beginning()));
    data.users.push(User {
        id,
        email: "support@tributary.example".to_owned(),
        display_name: "Tributary Support".to_owned(),
        created_at: beginning(),
    });
    id
}

/// The organization and its members: an owner, two admins, some viewers, the rest members.
pub(super) fn members(
    tenant: &Tenant,
    support: UserId,
    random: &mut Random,
    data: &mut Dataset,
) -> Vec<UserId> {
    data.organizations.push(Organization {
        id: tenant.id,
        slug: tenant.slug.to_owned(),
        display_name: tenant.display_name.to_owned(),
        created_at: beginning(),
    });
    let mut members = Vec::new();
    let names = tenant
        .family_names
        .iter()
        .flat_map(|family| tenant.given_names.iter().map(move |given| (given, family)));
    for (place, (given, family)) in names.take(tenant.people).enumerate() {
        let joined = beginning() + TimeDelta::hours(7 * i64::try_from(place).unwrap_or(0));
        let id = UserId::from(random.id(joined));
        data.users.push(User {
            id,
            email: format!("{}.{}@{}.example", given.to_lowercase(), family.to_lowercase(), tenant.slug),
            display_name: format!("{given} {family}"),
            created_at: joined,
        });
        let (role, status) = match place {
            0 => (Role::Owner, MembershipStatus::Active),
            1 | 2 => (Role::Admin, MembershipStatus::Active),
            3..=6 => (Role::Viewer, MembershipStatus::Active),
            _ if random.chance(10) => (Role::Member, MembershipStatus::Invited),
            _ => (Role::Member, MembershipStatus::Active),
        };
        data.memberships.push(membership(tenant.id, id, role, status, joined));
        members.push(id);
    }
    data.memberships.push(membership(
        tenant.id,
        support,
        Role::Support,
        MembershipStatus::Active,
        beginning(),
    ));
    members
}

fn membership(
    tenant: TenantId,
    user: UserId,
    role: Role,
    status: MembershipStatus,
    created_at: DateTime<Utc>,
) -> Membership {
    Membership { tenant, user, role, status, created_at }
}
