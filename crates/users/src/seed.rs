//! Rows to start with, for development and tests.

use std::collections::{BTreeSet, HashMap};

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

/// Why a dataset could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A membership of an organization that is not in the dataset.
    #[error("a membership is of the unknown organization {0}")]
    UnknownOrganization(TenantId),
    /// A membership of a person who is not in the dataset.
    #[error("a membership is of the unknown user {0}")]
    UnknownUser(UserId),
    /// A person who belongs to no organization, and so would be known to none.
    #[error("user {0} belongs to no organization")]
    Homeless(UserId),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Loads the organizations that are not there yet, each with its people, all of it or nothing. `progress` is called
/// with the number of records dealt with so far: loaded, or there already.
///
/// # Errors
/// When the dataset contradicts itself, and then nothing is loaded; what the database says.
pub async fn load(
    database: &Database,
    data: &Dataset,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LoadError> {
    let mut members = members(data)?;
    let mut done = 0;
    for organization in &data.organizations {
        let (users, memberships): (Vec<&User>, Vec<&Membership>) =
            members.remove(&organization.id).unwrap_or_default().into_iter().unzip();
        let directory = Directory::new(database.tenant(organization.id, StatementCounter::default()));
        directory.add_organization(organization, &users, &memberships).await?;
        done += 1 + users.len() + memberships.len();
        progress(u64::try_from(done).unwrap_or(u64::MAX));
    }
    Ok(())
}

/// The people of each organization.
type Members<'a> = HashMap<TenantId, Vec<(&'a User, &'a Membership)>>;

fn members(data: &Dataset) -> Result<Members<'_>, LoadError> {
    let people: HashMap<UserId, &User> = data.users.iter().map(|user| (user.id, user)).collect();
    let mut members: Members<'_> =
        data.organizations.iter().map(|organization| (organization.id, Vec::new())).collect();
    let mut homeless: BTreeSet<UserId> = people.keys().copied().collect();
    for membership in &data.memberships {
        let user = *people.get(&membership.user).ok_or(LoadError::UnknownUser(membership.user))?;
        homeless.remove(&membership.user);
        let unknown = LoadError::UnknownOrganization(membership.tenant);
        members.get_mut(&membership.tenant).ok_or(unknown)?.push((user, membership));
    }
    match homeless.first() {
        Some(user) => Err(LoadError::Homeless(*user)),
        None => Ok(members),
    }
}
