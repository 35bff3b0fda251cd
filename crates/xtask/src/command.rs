//! Running programs from the root of the workspace.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::node;

/// The root of the workspace, whatever the current folder.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A program that will run in `folder` below the root. It finds our own Node.js before the machine's.
pub(crate) fn command(program: &str, arguments: &[&str], folder: &str) -> Command {
    let mut command = Command::new("env");
    command.arg(format!("PATH={}", path())).arg(program).args(arguments);
    command.current_dir(root().join(folder)).stdin(Stdio::null());
    command
}

/// PATH, our own programs first.
fn path() -> String {
    let machines = std::env::var("PATH").unwrap_or_default();
    let own = node::folder();
    if own.exists() { format!("{}:{machines}", own.display()) } else { machines }
}

/// Runs a program at the root, its output going to the terminal.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Result<()> {
    run_in(program, arguments, ".")
}

/// Runs a program in a folder below the root, its output going to the terminal.
pub(crate) fn run_in(program: &str, arguments: &[&str], folder: &str) -> Result<()> {
    let line = format!("{program} {}", arguments.join(" "));
    let status =
        command(program, arguments, folder).status().with_context(|| format!("cannot run `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed ({status})");
    }
    Ok(())
}

/// Runs a program at the root and returns what it printed.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let line = format!("{program} {}", arguments.join(" "));
    let output = command(program, arguments, ".")
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot run `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed ({})", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something other than text"))
}

/// Whether a program answers on PATH.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    command(program, arguments, ".")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
