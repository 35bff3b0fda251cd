use std::ops::ControlFlow;

use sqlparser::ast::{Query, SetExpr, Statement, Visit as _, Visitor};

use super::super::platform_tables::PlatformTables;
use super::analysis::Refusal;
use super::shape;
use super::text::{self, Names};

/// Whether a statement reads and writes tables of the platform alone. What is not understood is refused.
pub(super) fn check(sql: &str, postgres: bool, platform: &PlatformTables) -> Result<(), Refusal> {
    let statement = &text::parse(sql, postgres)?;
    if let ControlFlow::Break(refusal) = statement.visit(&mut Names) {
        return Err(refusal);
    }
    match statement {
        Statement::Query(_) => {}
        Statement::Insert(insert) => shape::insert(insert)?,
        Statement::Update(update) => shape::update(update).map(|_| ())?,
        Statement::Delete(delete) => shape::delete(delete).map(|_| ())?,
        _ => return Err("neither SELECT, INSERT, UPDATE nor DELETE"),
    }
    if let ControlFlow::Break(refusal) = statement.visit(&mut Shapes) {
        return Err(refusal);
    }
    if text::tables(statement).iter().all(|table| platform.has(table)) {
        Ok(())
    } else {
        Err("a table that is not the platform's")
    }
}

/// Visits every query of a statement: tables are only read in forms that name them.
struct Shapes;

impl Visitor for Shapes {
    type Break = Refusal;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refusal> {
        match shape::query(query).and_then(|()| body(&query.body)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(refusal) => ControlFlow::Break(refusal),
        }
    }
}

fn body(body: &SetExpr) -> Result<(), Refusal> {
    match body {
        SetExpr::Select(select) => shape::select(select).map(|_| ()),
        // Visited as a query of its own.
        SetExpr::Query(_) | SetExpr::Values(_) => Ok(()),
        SetExpr::SetOperation { left, right, .. } => {
            self::body(left)?;
            self::body(right)
        }
        _ => Err("a query of this kind is not understood"),
    }
}
