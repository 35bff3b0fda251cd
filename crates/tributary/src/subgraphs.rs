//! The platform's own subgraphs, by name.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use subgraph_kit::authorization::Embedded;
use subgraph_kit::process::run_with;
use subgraph_kit::service::{Service, Trust};
use subgraph_kit::tenancy::{self, Database};

/// One of the platform's own subgraphs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Subgraph {
    /// Organizations, people, memberships.
    Users,
    /// Products and orders.
    Orders,
    /// Accounts, invoices, payments.
    Billing,
}

impl Subgraph {
    /// All of them, in the order in which they start.
    pub(crate) const ALL: [Self; 3] = [Self::Users, Self::Orders, Self::Billing];

    /// The name in `supergraph.yaml`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Users => users::NAME,
            Self::Orders => orders::NAME,
            Self::Billing => billing::NAME,
        }
    }

    /// Runs it as a process of its own, with that command line.
    pub(crate) fn run(self, arguments: Vec<OsString>) -> ExitCode {
        match self {
            Self::Users => run_with::<users::Users>(arguments),
            Self::Orders => run_with::<orders::Orders>(arguments),
            Self::Billing => run_with::<billing::Billing>(arguments),
        }
    }

    /// Its schema and where the split shape has it, for composition.
    pub(crate) fn schema(self) -> composition::Subgraph {
        let (sdl, port) = match self {
            Self::Users => (users::sdl(), 4001),
            Self::Orders => (orders::sdl(), 4002),
            Self::Billing => (billing::sdl(), 4003),
        };
        let url = format!("http://127.0.0.1:{port}/graphql");
        composition::Subgraph { name: self.name().to_owned(), url, sdl }
    }

    /// Who may do what in it.
    pub(crate) fn policies(self) -> Embedded {
        match self {
            Self::Users => users::policies(),
            Self::Orders => orders::policies(),
            Self::Billing => billing::policies(),
        }
    }

    /// Builds it over that database, for use in this process.
    pub(crate) async fn build(self, database: tenancy::Config, trust: Trust) -> Result<Service> {
        let service = match self {
            Self::Users => users::build(users::Config { database, ..Default::default() }, trust).await,
            Self::Orders => orders::build(orders::Config { database, ..Default::default() }, trust).await,
            Self::Billing => billing::build(billing::Config { database, ..Default::default() }, trust).await,
        };
        service.with_context(|| self.name())
    }

    /// Opens its database and brings it up to date; also the names of what was applied.
    pub(crate) async fn open_database(self, config: &tenancy::Config) -> Result<(Database, Vec<String>)> {
        let migrations = match self {
            Self::Users => users::migrations(),
            Self::Orders => orders::migrations(),
            Self::Billing => billing::migrations(),
        };
        let database = Database::open_for_migration(config).await.with_context(|| self.name())?;
        let applied = migrations.run(&database).await.with_context(|| self.name())?;
        Ok((database, applied))
    }
}
