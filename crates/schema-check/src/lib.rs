//! What a proposed supergraph changes for the clients of the published one.
//!
//! Pure: two supergraph SDLs and recorded operations in, a [`Report`] out. Changes carry the names and the criticality that
//! graphql-inspector gives them; docs/check.md lists where this crate judges otherwise, and why.
//!
//! - `compare`: the differences of the two API schemas, a file for each kind of place.
//! - `usage`: what each recorded operation touches. A change says what an operation must touch to be broken by it.
//! - `operations`: which operations are no longer valid, and which are planned otherwise.
//! - `authorization`: differences of `@authenticated`, `@requiresScopes` and `@policy`.
//! - `report`, `text`: what came of it, for programs and for people.

mod authorization;
mod change;
mod check;
mod compare;
mod operations;
mod report;
mod text;
mod usage;

pub use authorization::{AuthorizationChange, Effect};
pub use change::{Change, ChangeKind, Criticality, Use};
pub use check::{CheckError, check};
pub use operations::{InvalidDocument, OperationFile, PlanChange, PlanSummary, Planned};
pub use report::{Operations, Refusal, Report};
