//! The history of the database, one for SQLite and PostgreSQL. A migration that was released is never changed.

mod m20260101_000001_books;
mod m20260201_000001_payments_by_age;
mod m20261125_000001_row_level_security;

use sea_orm_migration::MigrationTrait;

pub(crate) fn all() -> Vec<Box<dyn MigrationTrait>> {
    vec![
        Box::new(m20260101_000001_books::Migration),
        Box::new(m20260201_000001_payments_by_age::Migration),
        Box::new(m20261125_000001_row_level_security::Migration),
    ]
}
