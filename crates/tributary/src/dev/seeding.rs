//! Loading the development data, with a progress bar.

use std::time::{Duration, Instant};

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::databases::Databases;
use super::dataset;

/// A start that finds everything there is over before this: no bar flashes by.
const SHOWN_AFTER: Duration = Duration::from_millis(150);

/// Loads what the databases lack of the development data.
pub(crate) struct Seeding<'a>(&'a Databases);

impl<'a> Seeding<'a> {
    pub(crate) fn of(databases: &'a Databases) -> Self {
        Self(databases)
    }

    /// Loads it, part by part.
    pub(crate) async fn run(self) -> Result<()> {
        let data = dataset::generate();
        let [users, orders, billing] = data.records();
        let bar = Bar::new(users + orders + billing)?;
        users::seed::load(&self.0.users, &data.users, &mut |done| bar.show("users", done)).await?;
        orders::seed::load(&self.0.orders, &data.orders, &mut |done| bar.show("orders", users + done))
            .await?;
        billing::seed::load(&self.0.billing, &data.billing, &mut |done| {
            bar.show("billing", users + orders + done);
        })
        .await?;
        bar.bar.finish_and_clear();
        Ok(())
    }
}

/// A progress bar that appears only when there is time to look at it.
struct Bar {
    bar: ProgressBar,
    began: Instant,
}

impl Bar {
    fn new(rows: u64) -> Result<Self> {
        let bar = ProgressBar::with_draw_target(Some(rows), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template("loading {msg:8} [{bar:40}] {pos}/{len} rows")?;
        bar.set_style(style.progress_chars("=> "));
        Ok(Self { bar, began: Instant::now() })
    }

    fn show(&self, what: &'static str, done: u64) {
        if self.bar.is_hidden() && self.began.elapsed() >= SHOWN_AFTER {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(what);
        self.bar.set_position(done);
    }
}
