//! The forms of statements that are understood, whoever sends them. In each, every table that is read or written is
//! named.

use sqlparser::ast::{Delete, FromTable, Insert, Query, Select, TableObject, Update};

use super::analysis::Refusal;
use super::predicate::Block;
use super::text;

/// Rows are added to one table.
pub(super) fn insert(insert: &Insert) -> Result<(), Refusal> {
    let TableObject::TableName(table) = &insert.table else {
        return Err("an INSERT of this kind is not understood");
    };
    if insert.or.is_some() || insert.replace_into || insert.overwrite || !insert.assignments.is_empty() {
        return Err("an INSERT of this kind is not understood");
    }
    text::table_name(table, None).map(|_| ())
}

/// The table that is changed.
pub(super) fn update(update: &Update) -> Result<Block<'_>, Refusal> {
    if update.from.is_some() || update.or.is_some() {
        return Err("an UPDATE of this kind is not understood");
    }
    Block::of(std::slice::from_ref(&update.table))
}

/// The table that rows are taken from.
pub(super) fn delete(delete: &Delete) -> Result<Block<'_>, Refusal> {
    if delete.using.is_some() || !delete.tables.is_empty() {
        return Err("a DELETE of this kind is not understood");
    }
    let (FromTable::WithFromKeyword(tables) | FromTable::WithoutKeyword(tables)) = &delete.from;
    Block::of(tables)
}

/// The tables that are read.
pub(super) fn select(select: &Select) -> Result<Block<'_>, Refusal> {
    if select.into.is_some() || !select.lateral_views.is_empty() {
        return Err("a SELECT of this kind is not understood");
    }
    Block::of(&select.from)
}

/// What comes before the body of a query.
pub(super) fn query(query: &Query) -> Result<(), Refusal> {
    if query.with.is_some() { Err("WITH is not understood") } else { Ok(()) }
}
