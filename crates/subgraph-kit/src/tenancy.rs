//! A database that knows the tenant.
//!
//! The connection that code outside the kit holds is a [`TenantDb`] or, for changes, a
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
//! On PostgreSQL a third one stands in the database itself: row-level security on every table, which holds for whoever
//! has the service's credentials ([`tenant_table_rules`], and what a [`Database`] demands of its role). A transaction is
//! told its tenant as it begins.
//!
//! What belongs to no tenant (accounts, sessions, keys) is in tables of the platform, which are on a list
//! ([`PlatformTables`]) and reached through a [`PlatformDb`] alone.
//!
//! Statements are counted and traced at the same spot. The count is of statements that read or write rows; `BEGIN`
//! and `COMMIT` are not in it, on neither database.

mod channel;
mod config;
mod database;
mod door;
mod grants;
mod guard;
mod in_list;
mod platform_tables;
mod reach;
mod rules;
mod scoped;
mod session;
mod table;
mod turns;
mod walls;

pub use config::Config;
pub use database::{Backend, Database, DatabaseError};
pub use door::StatementCounter;
pub use guard::UnscopedQuery;
pub use in_list::in_list;
pub use platform_tables::{PlatformOwned, PlatformTables};
pub use reach::{Platform, Reach, Tenant};
pub use rules::{platform_table_rules, tenant_table_rules};
pub use scoped::{Scoped, TENANT_COLUMN, TenantOwned};
pub use session::{
    JointTransaction, PlatformDb, PlatformTransaction, Session, TenantDb, TenantTransaction, Transaction,
};
