//! The plan runner on plans written by hand.

mod arbitrary;
mod contexts;
mod merging;
mod schedule;
mod support;
