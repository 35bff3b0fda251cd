//! The history of the database, one for SQLite and PostgreSQL. A migration that was released is never changed.

mod m20260101_000001_ledger;
mod m20261125_000001_row_level_security;

use sea_orm_migration::MigrationTrait;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20260101_000001_ledger::Migration),
        Box::new(m20261125_000001_row_level_security::Migration),
    ]
}
