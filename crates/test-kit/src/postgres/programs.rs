use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::PostgresError;

const NEEDED: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];

/// Where Debian keeps the server's programs, which are not on PATH: a folder per version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The folder with PostgreSQL's programs.
#[derive(Debug, Clone)]
pub(super) struct Programs(PathBuf);

impl Programs {
    pub(super) fn find() -> Result<Self, PostgresError> {
        let path = env::var_os("PATH").unwrap_or_default();
        Self::find_in(&path, Path::new(DEBIAN)).ok_or(PostgresError::NotInstalled)
    }

    fn find_in(path: &OsStr, versions: &Path) -> Option<Self> {
        let mut folders: Vec<PathBuf> = env::split_paths(path).collect();
        folders.extend(newest_first(versions).into_iter().map(|version| version.join("bin")));
        let complete = |folder: &PathBuf| NEEDED.iter().all(|program| folder.join(program).is_file());
        folders.into_iter().find(complete).map(Self)
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.0.join(program)
    }
}

fn newest_first(versions: &Path) -> Vec<PathBuf> {
    let number =
        |path: &PathBuf| path.file_name().and_then(OsStr::to_str).and_then(|name| name.parse::<u32>().ok());
    let mut found: Vec<PathBuf> = fs::read_dir(versions)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| number(path).is_some())
        .collect();
    found.sort_by_key(|path| std::cmp::Reverse(number(path)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn install(folder: &Path, programs: &[&str]) {
        fs::create_dir_all(folder).unwrap();
        for program in programs {
            fs::write(folder.join(program), "").unwrap();
        }
    }

    #[test]
    fn a_complete_folder_on_path_goes_before_the_newest_of_debian() {
        let root = tempfile::tempdir().unwrap();
        let (wrapper, path, debian) =
            (root.path().join("wrapper"), root.path().join("path"), root.path().join("debian"));
        let search = env::join_paths([&wrapper, &path]).unwrap();
        let found = || Programs::find_in(&search, &debian).map(|programs| programs.0);
        assert_eq!(found(), None);

        install(&wrapper, &["postgres", "psql"]);
        install(&debian.join("9/bin"), &NEEDED);
        assert_eq!(found(), Some(debian.join("9/bin")));
        install(&debian.join("15/bin"), &NEEDED);
        assert_eq!(found(), Some(debian.join("15/bin")));
        install(&debian.join("16/bin"), &["psql"]);
        assert_eq!(found(), Some(debian.join("15/bin")));
        install(&path, &NEEDED);
        assert_eq!(found(), Some(path.clone()));
    }

    #[test]
    fn what_is_missing_is_said_with_how_to_install_it() {
        let text = PostgresError::NotInstalled.to_string();
        assert!(text.contains("initdb") && text.contains("apt-get install postgresql"), "{text}");
    }
}
