//! Rows: the only SQL of this subgraph.
//!
//! Each table has the tenant's id as the first part of its primary key, so that every predicate and foreign key starts
//! with the tenant and stands in the query itself rather than in a join. So does every index but one: slugs are unique
//! among all organizations, and nothing is looked up by that index.
//!
//! That is why a person who belongs to two organizations has a row in each, with the same id: `users` holds what one
//! organization knows of a person. A table of people without a tenant could only be guarded by way of `memberships`,
//! in every query anew, and its unique addresses would tell one tenant who is known to another. An organization is a
//! tenant, so its id is the tenant column itself.

mod directory;
mod membership;
mod organization;
mod user;

use sea_orm::DbErr;
use subgraph_kit::fault::Fault;

use crate::domain::Error;

pub(crate) use directory::Directory;

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Fault(Fault::new(error))
    }
}
