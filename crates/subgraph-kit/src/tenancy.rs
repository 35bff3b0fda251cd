//! A database that knows the tenant.
//!
//! The only connection that code outside the kit can hold is a [`TenantDb`] or, for changes, a
//! [`TenantTransaction`]: both are bound to the Caller's tenant, both are [`Scoped`]. The raw connection stays in
//! the kit:
//!
//! ```compile_fail,E0624
//! fn raw(database: &subgraph_kit::tenancy::Database) -> &sea_orm::DatabaseConnection {
//!     database.connection() // private
//! }
//! ```
//!
//! Two walls stand between tenants. The first is the ordinary way: [`Scoped::find`], [`Scoped::insert`] and their
//! kin set the tenant themselves. The second is a guard that every statement passes on its way to the driver: it
//! parses the SQL and refuses with [`UnscopedQuery`] what does not carry this tenant's predicate on every table, or
//! inserts a row for another tenant. So a forgotten filter is an error at its first run, on SQLite too, where no
//! row-level security exists.
//!
//! Statements are counted and traced at the same spot. The count is of statements that read or write rows; `BEGIN`
//! and `COMMIT` are not in it, on neither database.

mod config;
mod database;
mod guard;
mod in_list;
mod scoped;
mod session;
mod table;
mod turns;

pub use config::Config;
pub use database::{Backend, Database, DatabaseError};
pub use guard::UnscopedQuery;
pub use in_list::in_list;
pub use scoped::{Scoped, TENANT_COLUMN, TenantOwned};
pub use session::{StatementCounter, TenantDb, TenantTransaction};
