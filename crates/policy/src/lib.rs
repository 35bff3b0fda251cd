//! Who may do what: [Cedar](https://www.cedarpolicy.com) policies, decided, cached and explained.
//!
//! A service has a schema and policies ([`Embedded`]), built into its binary; a folder may replace the policies, not the
//! schema. An [`Engine`] decides a [`Question`] with the set that holds at the moment: denied, unless a policy permits it
//! and none forbids it. What Cedar would skip, a policy that cannot be evaluated, denies too.
//!
//! Over every service's policies stand those of `policies/common.cedar`: no one reaches another tenant's resources, and
//! support changes nothing.
//!
//! [`Engine::explain`] tells which policies decided, and which would have but for one part.

mod cache;
mod decision;
mod engine;
mod error;
mod explain;
mod question;
mod set;
mod source;
mod translate;

pub use decision::Decision;
pub use engine::{Engine, Options, Reload};
pub use error::{LoadError, UnknownQuestion};
pub use explain::{Explanation, Outcome, Part, PartKind, PolicyExplanation, Reason};
pub use question::{Attributes, Question, Resource, Value};
pub use source::{Embedded, Source};
