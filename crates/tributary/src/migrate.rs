//! `tributary migrate`: databases up to date.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use subgraph_kit::tenancy;

use crate::dev::DataFolder;
use crate::subgraphs::Subgraph;

/// Bring databases to the schema of this version.
#[derive(Args)]
#[command(after_help = "Examples:
  tributary migrate                                              the databases of `tributary dev`
  tributary migrate orders --migration-url postgres://orders_owner@db/orders --database-url postgres://orders@db/orders")]
pub(crate) struct Arguments {
    /// The subgraph whose database it is; without it, all of `tributary dev`.
    #[arg(value_enum)]
    subgraph: Option<Subgraph>,
    /// sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE, of the named subgraph.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    /// Where to connect on PostgreSQL: as the role that owns the tables. The role of --database-url is given what a service
    /// needs of them.
    #[arg(
        long,
        env = "MIGRATION_URL",
        hide_env_values = true,
        value_name = "URL",
        requires = "database_url"
    )]
    migration_url: Option<String>,
    /// The folder of `tributary dev`.
    #[arg(long, value_name = "DIR", default_value = "data", env = "TRIBUTARY_DATA")]
    data: PathBuf,
}

/// Migrates and tells what was applied.
///
/// # Errors
/// A database that can't be opened, or is from a newer version.
pub(crate) async fn run(arguments: &Arguments) -> Result<String> {
    let databases = match (arguments.subgraph, &arguments.database_url) {
        (Some(subgraph), Some(url)) => {
            let migration_url = arguments.migration_url.clone().unwrap_or_default();
            vec![(subgraph, tenancy::Config { url: url.clone(), migration_url, ..Default::default() })]
        }
        (Some(subgraph), None) => {
            bail!("which database of {}? give --database-url or DATABASE_URL", subgraph.name())
        }
        // An exported DATABASE_URL says nothing of whose database it is.
        (None, _) => {
            let folder = DataFolder::open(&arguments.data)?;
            Subgraph::ALL.into_iter().map(|subgraph| (subgraph, folder.database(subgraph))).collect()
        }
    };
    let mut told = String::new();
    for (subgraph, config) in databases {
        let (database, applied) = subgraph.open_database(&config).await?;
        database.close().await?;
        let name = subgraph.name();
        if applied.is_empty() {
            told.push_str(&format!("{name}: nothing to apply\n"));
        }
        for migration in applied {
            told.push_str(&format!("{name}: applied {migration}\n"));
        }
    }
    Ok(told)
}
