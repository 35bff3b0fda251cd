//! Who may do what. The rules are Cedar policies in a service's folder `policies/`; see the crate `policy`.
//!
//! A service names its actions with a type that is an [`Action`], and says of its rows what they are as a [`Resource`].
//! Each request has an [`Authorizer`], bound to its Caller. It decides in microseconds and reads no row, so a list is
//! filtered with a decision for each row; where what is known of a row makes no difference, one on the
//! [`Resource::organization`] is enough for all.

mod authorizer;
mod config;
mod limits;
mod reload;

pub use authorizer::{Action, Authorization, Authorizer, Decided, DecisionLog, Refusal};
pub use config::Config;
pub use limits::AmountLimits;
pub use policy::{Attributes, Embedded, Resource, Value};
