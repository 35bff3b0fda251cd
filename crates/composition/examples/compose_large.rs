//! How long composition of a large graph takes: `cargo run --release -p composition --example compose_large [types] [subgraphs]`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the terminal")]

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use composition::{Subgraph, compose};

const RUNS: usize = 5;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map_while(|argument| argument.parse().ok());
    let types: usize = arguments.next().unwrap_or(1000);
    let count: usize = arguments.next().unwrap_or(10).max(2);
    let subgraphs = graph(types, count);
    let bytes: usize = subgraphs.iter().map(|subgraph| subgraph.sdl.len()).sum();
    println!("{types} entities, each in 2 of {count} subgraphs; {} kB of SDL", bytes / 1024);
    let mut times: Vec<Duration> = Vec::with_capacity(RUNS);
    for _ in 0..RUNS {
        let start = Instant::now();
        let composed = compose(&subgraphs);
        times.push(start.elapsed());
        if let Err(errors) = composed {
            eprintln!("{}", errors.first().map(ToString::to_string).unwrap_or_default());
            return ExitCode::FAILURE;
        }
    }
    times.sort();
    println!("median of {RUNS}: {:?}, all: {times:?}", times.get(RUNS / 2).copied().unwrap_or_default());
    ExitCode::SUCCESS
}

/// Entities in a ring, each extended by the next subgraph with a field that requires one of the first, and reached through an
/// interface, a list and a shared value type.
fn graph(types: usize, count: usize) -> Vec<Subgraph> {
    let per_subgraph = types.div_ceil(count);
    let name = |graph: usize, index: usize| format!("T{}_{}", graph % count, index % per_subgraph);
    (0..count)
        .map(|graph| {
            let mut sdl = String::from(
                "extend schema @link(url: \"https://specs.apollo.dev/federation/v2.7\", import: [\"@key\", \"@external\", \
                 \"@requires\", \"@shareable\", \"@tag\"])\n\
                 type Money @shareable { amount: Int! currency: String! }\n",
            );
            // Writing to a string cannot fail.
            let _ = writeln!(sdl, "interface Node{graph} {{ id: ID! }}");
            let _ = writeln!(sdl, "type Query {{ first{graph}: {} all{graph}: [Node{graph}!]! }}", name(graph, 0));
            for index in 0..per_subgraph {
                let own = name(graph, index);
                let next = name(graph, index + 1);
                let other = name(graph + 1, index);
                let _ = writeln!(
                    sdl,
                    "\"An entity.\"\ntype {own} implements Node{graph} @key(fields: \"id\") {{ id: ID! name: String @tag(name: \"t\") \
                     price: Money next(first: Int = 10, after: String): [{next}!]! other: {other} }}"
                );
                let _ = writeln!(
                    sdl,
                    "type {other} @key(fields: \"id\") {{ id: ID! name: String @external \
                     label{graph}: String @requires(fields: \"name\") }}"
                );
            }
            Subgraph { name: format!("g{graph}"), url: String::new(), sdl }
        })
        .collect()
}
