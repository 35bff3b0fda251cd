//! The orders subgraph as a process of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    subgraph_kit::process::run::<orders::Orders>()
}
