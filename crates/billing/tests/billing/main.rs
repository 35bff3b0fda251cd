//! The subgraph through its public face: bytes in, bytes out, on both databases.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

/// Runs each scenario once on SQLite and once on PostgreSQL. What needs the server has `postgres` in its path.
macro_rules! on_both_databases {
    ($($scenario:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    super::$scenario(crate::support::Billing::on_sqlite().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    super::$scenario(crate::support::Billing::on_postgres().await).await;
                }
            )*
        }
    };
}

mod connections;
mod entities;
mod explain;
mod fixtures;
mod hostile;
mod invoices;
mod isolation;
mod payments;
mod plans;
mod roles;
mod schema;
mod seeding;
mod statements;
mod support;
