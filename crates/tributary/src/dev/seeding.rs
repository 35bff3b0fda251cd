//! Loading the development data, with a progress bar.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::databases::Databases;
use super::dataset;

/// Loads what the databases lack of the development data.
pub(crate) struct Seeding<'a>(&'a Databases);

impl<'a> Seeding<'a> {
    pub(crate) fn of(databases: &'a Databases) -> Self {
        Self(databases)
    }

    /// Loads it, part by part; nothing is shown where nothing is lacking.
    pub(crate) async fn run(self) -> Result<()> {
        let data = dataset::generate();
        let [users, orders, billing] = data.records();
        let bar = ProgressBar::with_draw_target(Some(users + orders + billing), ProgressDrawTarget::stderr());
        bar.set_style(
            ProgressStyle::with_template("{msg:16} [{bar:40}] {pos}/{len} rows")?.progress_chars("=> "),
        );
        bar.set_message("loading users");
        users::seed::load(&self.0.users, &data.users, &mut |done| bar.set_position(done)).await?;
        bar.set_message("loading orders");
        orders::seed::load(&self.0.orders, &data.orders, &mut |done| bar.set_position(users + done)).await?;
        bar.set_message("loading billing");
        billing::seed::load(&self.0.billing, &data.billing, &mut |done| {
            bar.set_position(users + orders + done);
        })
        .await?;
        bar.finish_and_clear();
        Ok(())
    }
}
