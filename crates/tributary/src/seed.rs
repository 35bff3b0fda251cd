//! `tributary seed`: the development data into the databases of the split shape.

use anyhow::Result;
use clap::Args;
use subgraph_kit::tenancy;

use crate::dev::{Databases, Seeding};
use crate::subgraphs::Subgraph;

/// Load the development data (two tenants, acme and globex) into databases of your own.
#[derive(Args)]
#[command(after_help = "Example:
  tributary seed --users postgres://app@db/users --orders postgres://app@db/orders --billing postgres://app@db/billing")]
pub(crate) struct Arguments {
    /// The database of users.
    #[arg(long, value_name = "URL")]
    users: String,
    /// The database of orders.
    #[arg(long, value_name = "URL")]
    orders: String,
    /// The database of billing.
    #[arg(long, value_name = "URL")]
    billing: String,
}

/// Migrates the databases, where the role may, and loads what they lack of the data.
///
/// # Errors
/// A database that can't be opened, is from a newer version, or refuses.
pub(crate) async fn run(arguments: &Arguments) -> Result<()> {
    let databases = Databases::open(|subgraph| {
        let url = match subgraph {
            Subgraph::Users => &arguments.users,
            Subgraph::Orders => &arguments.orders,
            Subgraph::Billing => &arguments.billing,
        };
        tenancy::Config { url: url.clone(), ..Default::default() }
    })
    .await?;
    Seeding::of(&databases).run().await?;
    databases.close().await
}
