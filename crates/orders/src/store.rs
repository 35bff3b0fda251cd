//! Rows: the only SQL of this subgraph.
//!
//! Each table has the tenant's id as the first part of its primary key, so that every predicate, index and foreign
//! key starts with the tenant and stands in the query itself rather than in a join.

mod ledger;
mod load;
mod numbering;
mod order;
mod order_line;
mod product;

use sea_orm::DbErr;
use subgraph_kit::fault::Fault;

use crate::domain::Error;

pub(crate) use ledger::Ledger;
pub(crate) use load::{Records, add_tenant};

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Fault(Fault::new(error))
    }
}
