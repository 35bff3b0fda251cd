//! Relay connections (<https://relay.dev/graphql/connections.htm>) over keyset queries: no offsets, so that a page
//! costs the same wherever it lies, and rows added while somebody pages are neither skipped nor repeated.

mod arguments;
mod batch;
mod connection;
mod cursor;
mod keyset;

pub use arguments::{DEFAULT_SIZE, Direction, MAX_SIZE, PageArguments};
pub use batch::{ConnectionKey, pages_by_parent};
pub use connection::{Connection, Edge, PageInfo};
pub use cursor::{CursorError, Position};
pub use keyset::{Keyset, Page, page};
