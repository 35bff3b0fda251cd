//! `cargo xtask fuzz`: looks for inputs that break a promise, guided by coverage (see docs/fuzzing.md).
//!
//! libFuzzer needs the compiler to count coverage, and no more: the code here is safe Rust, so what a nightly compiler could
//! add, to find wrong accesses to memory, has nothing to look at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{output, root};

/// Look for inputs that break a promise of the composer, the planner or the gateway.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask fuzz                          every target, a minute each
  cargo xtask fuzz planning --seconds 600   one target, ten minutes")]
pub(crate) struct Arguments {
    /// Fuzz this target alone: a folder of fuzz/corpus.
    target: Option<String>,
    /// How long each target is fuzzed.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
}

/// What makes rustc count coverage in the way that libFuzzer reads.
const COVERAGE: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";

/// What an input may cost before it is a finding.
const LIMITS: [&str; 3] = ["-timeout=20", "-rss_limit_mb=3072", "-max_len=8192"];

/// Folders of other tests whose files are inputs as they are.
const SEEDS: [(&str, &str); 1] = [("composition", "crates/composition/tests/cases")];

/// What came of one target.
struct Outcome {
    target: String,
    kept: usize,
    bytes: u64,
    findings: usize,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let all = names(&root().join("fuzz/corpus"))?;
    let targets = match &arguments.target {
        None => all,
        Some(one) if all.contains(one) => vec![one.clone()],
        Some(other) => bail!("there is no target `{other}`; the targets are {}", all.join(", ")),
    };
    let program = build()?;
    let outcomes: Vec<Outcome> =
        targets.into_iter().map(|target| fuzz(&program, target, arguments.seconds)).collect::<Result<_>>()?;
    println!("\n== summary");
    for Outcome { target, kept, bytes, findings } in &outcomes {
        println!("{target:12} {kept:5} inputs kept, {:5} KiB, {findings} findings", bytes / 1024);
    }
    let findings: usize = outcomes.iter().map(|outcome| outcome.findings).sum();
    if findings > 0 {
        bail!("{findings} findings: they are in fuzz/findings, and `cargo test -p fuzz` repeats them");
    }
    Ok(())
}

/// Builds all targets as one program. The target triple is given so that build scripts and macros are not counted.
fn build() -> Result<PathBuf> {
    let version = output("rustc", &["--version", "--verbose"])?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    let folder = root().join("target/fuzz");
    let status = Command::new("cargo")
        .args(["build", "--quiet", "--package", "fuzz", "--bin", "coverage", "--features", "coverage"])
        .args(["--profile", "fuzz", "--target", host, "--target-dir"])
        .arg(&folder)
        .env("RUSTFLAGS", COVERAGE)
        .current_dir(root())
        .status()
        .context("cannot run cargo")?;
    if !status.success() {
        bail!("the targets were not built ({status})");
    }
    Ok(folder.join(host).join("fuzz/coverage"))
}

/// Fuzzes one target, then keeps of its inputs the fewest that reach all that is reached.
fn fuzz(program: &Path, target: String, seconds: u32) -> Result<Outcome> {
    println!("\n== {target}");
    let folder = root().join("fuzz");
    let run = Run {
        program,
        target: &target,
        findings: folder.join("findings").join(&target),
        corpus: folder.join("corpus").join(&target),
        scratch: root().join("target/fuzz/corpus").join(&target),
    };
    for path in [&run.findings, &run.corpus, &run.scratch] {
        fs::create_dir_all(path)?;
    }
    let before = files(&run.findings)?.len();
    run.explore(seconds, &folder.join("dictionaries").join(format!("{target}.dict")))?;
    run.minimise()?;
    let mut bytes = 0;
    let kept = files(&run.corpus)?;
    for file in &kept {
        bytes += fs::metadata(file)?.len();
    }
    let findings = files(&run.findings)?.len() - before;
    // Goes if it is empty.
    let _ = fs::remove_dir(&run.findings);
    Ok(Outcome { target, kept: kept.len(), bytes, findings })
}

/// One target and its folders.
struct Run<'a> {
    program: &'a Path,
    target: &'a str,
    findings: PathBuf,
    /// What is kept.
    corpus: PathBuf,
    /// Whatever reached something new on this machine.
    scratch: PathBuf,
}

impl Run<'_> {
    /// Looks for inputs that reach something new, until the time is over or one breaks a promise.
    fn explore(&self, seconds: u32, dictionary: &Path) -> Result<()> {
        let mut command = self.libfuzzer();
        command.arg(format!("-max_total_time={seconds}")).arg(format!("-dict={}", dictionary.display()));
        command.arg("-print_final_stats=1").arg(&self.scratch).args(self.seeds());
        // What stopped it, if something did, is in the findings.
        command.status().context("cannot run the fuzzer")?;
        Ok(())
    }

    fn minimise(&self) -> Result<()> {
        let minimal = self.scratch.with_extension("minimal");
        if minimal.exists() {
            fs::remove_dir_all(&minimal)?;
        }
        fs::create_dir_all(&minimal)?;
        let mut command = self.libfuzzer();
        // By what is reached, not by how often: what is kept stays small.
        command.args(["-merge=1", "-use_counters=0"]).arg(&minimal).args(self.seeds()).arg(&self.scratch);
        let status = command.status().context("cannot run the fuzzer")?;
        if !status.success() {
            bail!("the corpus of {} was not minimised ({status}); it stays as it was", self.target);
        }
        for file in files(&self.corpus)? {
            fs::remove_file(file)?;
        }
        for file in files(&minimal)? {
            let name = file.file_name().context("an input has a name")?;
            fs::copy(&file, self.corpus.join(name))?;
        }
        Ok(())
    }

    /// What is kept, and other tests' inputs.
    fn seeds(&self) -> Vec<PathBuf> {
        let others = SEEDS.iter().filter(|(of, _)| *of == self.target).map(|(_, folder)| root().join(folder));
        others.chain([self.corpus.clone()]).collect()
    }

    fn libfuzzer(&self) -> Command {
        let mut command = Command::new(self.program);
        command.env("FUZZ_TARGET", self.target).args(LIMITS).arg("-verbosity=0");
        command.arg(format!("-artifact_prefix={}/", self.findings.display())).current_dir(root());
        command
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    Ok(entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?)
}

fn names(folder: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        files(folder)?.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}
