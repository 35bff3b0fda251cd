//! The three databases, for migrating and seeding.

use anyhow::Result;
use subgraph_kit::tenancy::{self, Database};

use crate::subgraphs::Subgraph;

/// The subgraphs' databases, up to date.
pub(crate) struct Databases {
    pub(super) users: Database,
    pub(super) orders: Database,
    pub(super) billing: Database,
}

impl Databases {
    /// Opens each subgraph's database and brings it up to date.
    pub(crate) async fn open(config: impl Fn(Subgraph) -> tenancy::Config) -> Result<Self> {
        let open = async |subgraph: Subgraph| anyhow::Ok(subgraph.open_database(&config(subgraph)).await?.0);
        Ok(Self {
            users: open(Subgraph::Users).await?,
            orders: open(Subgraph::Orders).await?,
            billing: open(Subgraph::Billing).await?,
        })
    }

    /// Closes them all.
    pub(crate) async fn close(self) -> Result<()> {
        for database in [self.users, self.orders, self.billing] {
            database.close().await?;
        }
        Ok(())
    }
}
