//! `tributary compose --watch`: composes again whenever a source changes.
//!
//! Sources are read again, not watched by the system: that sees a change on every file system, in containers and over a
//! network too, and schema files are small.

use std::collections::HashMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use chrono::{SecondsFormat, Utc};
use composition::Hint;
use tokio::time::{MissedTickBehavior, interval};

use crate::compose::{self, Contract};

/// How often files are looked at: a person who saved one does not notice the wait.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What is watched, and what came of it last.
pub(crate) struct Watch {
    subgraphs: PathBuf,
    api: bool,
    contract: Contract,
    output: PathBuf,
    /// The contents of `supergraph.yaml` and of the files that it names; `None` where one can't be read.
    seen: HashMap<PathBuf, Option<u64>>,
    /// Whether a running subgraph has to be asked.
    running: bool,
    last: Option<Outcome>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    /// The output is a new one.
    Written { subgraphs: usize, hints: Vec<Hint> },
    /// It is what stands in the output already.
    Unchanged,
    /// It does not compose, or can't be written: the output is as it was.
    Failed(String),
}

/// Watches until Ctrl-C. A line on standard output tells each outcome.
pub(crate) async fn run(mut watch: Watch, poll: Duration) {
    let mut looks = interval(LOOK_EVERY);
    let mut asks = interval(poll);
    for interval in [&mut looks, &mut asks] {
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    }
    let watching = async {
        loop {
            tokio::select! {
                _ = looks.tick() => watch.look().await,
                _ = asks.tick() => watch.ask().await,
            }
        }
    };
    tokio::select! {
        // First, so that Ctrl-C is heard from the first line on. A write is not torn by it: it is a rename.
        biased;
        _ = tokio::signal::ctrl_c() => {}
        () = watching => {}
    }
}

impl Watch {
    pub(crate) fn new(subgraphs: &Path, api: bool, contract: Contract, output: &Path) -> Self {
        Self {
            subgraphs: subgraphs.to_path_buf(),
            api,
            contract,
            output: output.to_path_buf(),
            seen: HashMap::new(),
            running: false,
            last: None,
        }
    }

    /// Composes where a file is not what it was. Every such change has its line.
    async fn look(&mut self) {
        // Before composing: what changes meanwhile is seen by the next look.
        let now = self.fingerprints();
        if now != self.seen {
            self.seen = now;
            let outcome = self.compose().await;
            tell(&outcome, &self.output);
            self.last = Some(outcome);
        }
    }

    /// Composes where running subgraphs take part. Only news has a line.
    async fn ask(&mut self) {
        if self.running && self.last.is_some() {
            let outcome = self.compose().await;
            let is_news = match &outcome {
                Outcome::Written { .. } => true,
                // It may have failed, and does no longer.
                Outcome::Unchanged => matches!(self.last, Some(Outcome::Failed(_))),
                Outcome::Failed(_) => self.last.as_ref() != Some(&outcome),
            };
            if is_news {
                tell(&outcome, &self.output);
            }
            self.last = Some(outcome);
        }
    }

    fn fingerprints(&mut self) -> HashMap<PathBuf, Option<u64>> {
        // A `supergraph.yaml` that can't be read names nothing; the files of the last good one wait with it.
        let mut files = match gateway::sources(&self.subgraphs) {
            Ok(sources) => {
                self.running = sources.running;
                sources.files
            }
            Err(_) => self.seen.keys().cloned().collect(),
        };
        files.push(self.subgraphs.clone());
        files.into_iter().map(|file| (file.clone(), fs::read(&file).ok().map(|bytes| hash(&bytes)))).collect()
    }

    async fn compose(&self) -> Outcome {
        match self.try_compose().await {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Failed(format!("{error:#}")),
        }
    }

    async fn try_compose(&self) -> Result<Outcome> {
        let composed = gateway::compose_file(&self.subgraphs).await?;
        let text = compose::text(composed.supergraph_sdl, &self.contract, self.api)?;
        if fs::read(&self.output).is_ok_and(|stands| stands == text.as_bytes()) {
            return Ok(Outcome::Unchanged);
        }
        replace(&self.output, &text).with_context(|| format!("cannot write {}", self.output.display()))?;
        let subgraphs = gateway::sources(&self.subgraphs)?.subgraphs;
        Ok(Outcome::Written { subgraphs, hints: composed.hints })
    }
}

/// By a rename: whoever reads the file, a gateway perhaps, sees the old or the new one and never a half.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    fs::write(&beside, text)?;
    fs::rename(&beside, file)
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

fn tell(outcome: &Outcome, output: &Path) {
    let output = output.display();
    let (line, more) = match outcome {
        Outcome::Written { subgraphs, hints } => {
            let told = hints.iter().filter(|hint| compose::is_worth_telling(hint));
            let hints: Vec<String> = told.map(|hint| format!("hint: {hint}")).collect();
            let s = if *subgraphs == 1 { "" } else { "s" };
            (format!("composed: {output} written, {subgraphs} subgraph{s}"), hints)
        }
        Outcome::Unchanged => (format!("composed: {output} is as it was"), Vec::new()),
        Outcome::Failed(error) => {
            (format!("failed: {output} stays as it is"), error.lines().map(str::to_owned).collect())
        }
    };
    let mut text = format!("{} {line}\n", Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true));
    for line in more {
        text.push_str(&format!("    {line}\n"));
    }
    // The work is the file; whether somebody reads along does not matter.
    let _ = io::stdout().write_all(text.as_bytes());
}
