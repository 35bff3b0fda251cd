//! The subgraph as a program.

use std::io;

use test_kit::SubgraphProgram;

const PROGRAM: SubgraphProgram = SubgraphProgram { name: billing::NAME, path: env!("CARGO_BIN_EXE_billing") };

#[test]
fn prints_the_schema() -> io::Result<()> {
    PROGRAM.prints_the_schema(&billing::sdl())
}

#[test]
fn migrates() -> io::Result<()> {
    PROGRAM.migrates(&[
        "m20260101_000001_books",
        "m20260201_000001_payments_by_age",
        "m20261125_000001_row_level_security",
    ])
}

#[test]
fn serves_from_a_file_of_its_own() -> io::Result<()> {
    PROGRAM.serves_from_a_file_of_its_own()
}

#[test]
fn shows_what_can_be_configured() -> io::Result<()> {
    PROGRAM.shows_what_can_be_configured()
}

#[test]
fn tells_mistakes_in_one_line() -> io::Result<()> {
    PROGRAM.tells_mistakes_in_one_line()
}
