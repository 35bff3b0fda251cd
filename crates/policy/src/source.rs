//! Where policies come from.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crate::error::LoadError;

/// The most policy files in a folder.
const MOST_FILES: usize = 64;

/// The most that all files of a folder have together, in bytes.
const MOST_BYTES: u64 = 1024 * 1024;

/// What a service has built in.
#[derive(Debug, Clone, Copy)]
pub struct Embedded {
    /// The service's name.
    pub service: &'static str,
    /// Its resources and actions, in Cedar's schema language; what is the same for all services is added to it.
    pub schema: &'static str,
    /// Its policies.
    pub policies: &'static str,
}

/// A text with policies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file that it stands in.
    pub name: String,
    /// The policies.
    pub text: String,
}

impl Embedded {
    /// The policies that are used where no folder replaces them.
    pub(crate) fn sources(&self) -> Vec<Source> {
        vec![Source { name: format!("{}.cedar", self.service), text: self.policies.to_owned() }]
    }
}

/// The `*.cedar` files of a folder, in the order of their names.
pub(crate) fn read_folder(folder: &Path) -> Result<Vec<Source>, LoadError> {
    let unreadable = |path: &Path, source| LoadError::Unreadable { path: path.to_owned(), source };
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        if path.extension().is_some_and(|extension| extension == "cedar") {
            files.push(path);
        }
        if files.len() > MOST_FILES {
            return Err(LoadError::TooMuch { folder: folder.to_owned() });
        }
    }
    // Without policies everything is denied: a wrong path must not pass for that wish.
    if files.is_empty() {
        return Err(LoadError::NoPolicies { folder: folder.to_owned() });
    }
    files.sort();
    let mut left = MOST_BYTES;
    let mut sources = Vec::with_capacity(files.len());
    for path in files {
        let file = fs::File::open(&path).map_err(|error| unreadable(&path, error))?;
        let mut text = String::new();
        file.take(left.saturating_add(1))
            .read_to_string(&mut text)
            .map_err(|error| unreadable(&path, error))?;
        left = left
            .checked_sub(text.len() as u64)
            .ok_or_else(|| LoadError::TooMuch { folder: folder.to_owned() })?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        sources.push(Source { name, text });
    }
    Ok(sources)
}
