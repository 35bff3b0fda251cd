//! Rows to start with, for development and tests.

use std::collections::HashMap;

use auth::{TenantId, UserId};
use sea_orm::DbErr;
use subgraph_kit::tenancy::{Database, StatementCounter};

pub use crate::domain::{Membership, MembershipStatus, Organization, User};
use crate::store::Directory;

/// Organizations with their people.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The tenants.
    pub organizations: Vec<Organization>,
    /// People; one becomes known to an organization by a membership.
    pub users: Vec<User>,
    /// Who belongs where.
    pub memberships: Vec<Membership>,
}

/// Loads the organizations that are not there yet, each with its people, all of it or nothing. `progress` is called
/// with the number of records dealt with so far: loaded, or there already.
///
/// # Errors
/// What the database says.
pub async fn load(
    database: &Database,
    data: &Dataset,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), DbErr> {
    let people: HashMap<UserId, &User> = data.users.iter().map(|user| (user.id, user)).collect();
    let mut members: HashMap<TenantId, Vec<&Membership>> = HashMap::new();
    for membership in &data.memberships {
        members.entry(membership.tenant).or_default().push(membership);
    }
    let mut done = 0;
    for organization in &data.organizations {
        let memberships = members.remove(&organization.id).unwrap_or_default();
        let users: Vec<&User> =
            memberships.iter().filter_map(|membership| people.get(&membership.user).copied()).collect();
        let directory = Directory::new(database.tenant(organization.id, StatementCounter::default()));
        directory.add_organization(organization, &users, &memberships).await?;
        done += 1 + users.len() + memberships.len();
        progress(u64::try_from(done).unwrap_or(u64::MAX));
    }
    Ok(())
}
