//! The plan runner on plans written by hand.

mod arbitrary;
mod merging;
mod schedule;
mod support;
