use crate::error::Error;

use super::cursor::Position;

/// How many rows a page has when the client does not say.
pub const DEFAULT_SIZE: u32 = 20;

/// The most rows that a page can have.
pub const MAX_SIZE: u32 = 100;

/// Which end of the (possibly cut) list the page is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// `first`: from the front.
    Forward,
    /// `last`: from the back.
    Backward,
}

/// The four arguments of a connection, validated.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// Which end the page is taken from.
    pub direction: Direction,
    /// How many rows at most: 1 to [`MAX_SIZE`], or 0 where the client wants only `pageInfo`.
    pub size: u32,
    /// Only rows behind this one.
    pub after: Option<Position>,
    /// Only rows before this one.
    pub before: Option<Position>,
}

impl PageArguments {
    /// Validates the arguments. `kind` is the type of the nodes: a cursor of another type is refused.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` naming the argument: both `first` and `last`, a size below zero or above [`MAX_SIZE`], or a
    /// text that is no cursor of this connection.
    pub fn parse(
        kind: &str,
        first: Option<i32>,
        after: Option<&str>,
        last: Option<i32>,
        before: Option<&str>,
    ) -> Result<Self, Error> {
        let (direction, size) = match (first, last) {
            (Some(_), Some(_)) => {
                return Err(Error::bad_input("last", "Give either first or last, not both"));
            }
            (None, Some(last)) => (Direction::Backward, size("last", last)?),
            (Some(first), None) => (Direction::Forward, size("first", first)?),
            (None, None) => (Direction::Forward, DEFAULT_SIZE),
        };
        Ok(Self {
            direction,
            size,
            after: position("after", kind, after)?,
            before: position("before", kind, before)?,
        })
    }
}

fn size(field: &'static str, value: i32) -> Result<u32, Error> {
    u32::try_from(value)
        .ok()
        .filter(|size| *size <= MAX_SIZE)
        .ok_or_else(|| Error::bad_input(field, format!("{field} must be between 0 and {MAX_SIZE}")))
}

fn position(field: &'static str, kind: &str, cursor: Option<&str>) -> Result<Option<Position>, Error> {
    cursor
        .map(|cursor| Position::decode(kind, cursor))
        .transpose()
        .map_err(|error| Error::bad_input(field, error.to_string()))
}
