//! Scalars and value types that several subgraphs share. They are defined here once, so that their SDL is equal
//! in every subgraph, as composition asks for.

mod date_time;
mod money;

pub use date_time::DateTime;
pub use money::MoneyInput;
