use std::io;
use std::path::PathBuf;

/// Why policies are not used. Its text is for the person who wrote them.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A folder or a file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A folder without a policy in it.
    #[error("there is no .cedar file in {}", folder.display())]
    NoPolicies {
        /// Which.
        folder: PathBuf,
    },
    /// A folder with more than policies can be.
    #[error("{} has more than 64 .cedar files, or more than 1 MiB of them", folder.display())]
    TooMuch {
        /// Which.
        folder: PathBuf,
    },
    /// The schema is none, or an action in it stands in no group.
    #[error("schema: {0}")]
    Schema(String),
    /// A file that is not Cedar.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// Which.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A policy without `@id`, with one that is taken, or a template.
    #[error("{file}: {message}")]
    Identity {
        /// In which file.
        file: String,
        /// What is wrong.
        message: String,
    },
    /// Policies that do not fit the schema, a line for each.
    #[error("{}", .0.join("\n"))]
    Invalid(Vec<String>),
}

/// A question that the schema does not know: a fault of whoever asks, answered with no decision.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct UnknownQuestion(pub(crate) String);
