//! Builds the gateway anew when the console's bundle changes: the macro that embeds it does not say so to cargo.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo::rerun-if-changed=../../web/dist");
}
