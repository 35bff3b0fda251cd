use std::ops::ControlFlow;

use sqlparser::ast::{
    Assignment, AssignmentTarget, ConflictTarget, Delete, Expr, Insert, ObjectName, OnConflictAction,
    OnInsert, Query, SetExpr, Statement, Update, Visit as _, Visitor,
};

use super::super::platform_tables::PlatformTables;
use super::super::scoped::TENANT_COLUMN;
use super::predicate;
use super::shape;
use super::text::{self, Names};

/// Why a text is refused whatever is bound to it.
pub(super) type Refusal = &'static str;

/// The indices of the bound values that must be the tenant for the statement to stay within it.
///
/// Every SELECT block, nested ones too, must compare `tenant_id` with a bound value for each table it reads, in a
/// place where no OR or NOT can go around it, and none of the platform's tables may be named. What is not understood is
/// refused; see [`text`] for what two readers could understand differently.
pub(super) fn tenant_values(
    sql: &str,
    postgres: bool,
    platform: &PlatformTables,
) -> Result<Vec<usize>, Refusal> {
    let statement = &text::parse(sql, postgres)?;
    if let ControlFlow::Break(refusal) = statement.visit(&mut Names) {
        return Err(refusal);
    }
    if text::tables(statement).iter().any(|table| platform.has(table)) {
        return Err("a table of the platform");
    }
    let mut values = Vec::new();
    match statement {
        Statement::Query(_) => {}
        Statement::Insert(insert) => self::insert(insert, &mut values)?,
        Statement::Update(update) => self::update(update, &mut values)?,
        Statement::Delete(delete) => self::delete(delete, &mut values)?,
        _ => return Err("neither SELECT, INSERT, UPDATE nor DELETE"),
    }
    let mut blocks = Blocks { values: &mut values };
    match statement.visit(&mut blocks) {
        ControlFlow::Continue(()) => Ok(values),
        ControlFlow::Break(refusal) => Err(refusal),
    }
}

/// Visits every query of a statement, wherever it stands in it.
struct Blocks<'a> {
    values: &'a mut Vec<usize>,
}

impl Visitor for Blocks<'_> {
    type Break = Refusal;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Refusal> {
        match shape::query(query).and_then(|()| body(&query.body, self.values)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(refusal) => ControlFlow::Break(refusal),
        }
    }
}

fn body(body: &SetExpr, values: &mut Vec<usize>) -> Result<(), Refusal> {
    match body {
        SetExpr::Select(select) => {
            let mut block = shape::select(select)?;
            block.restrict(select.selection.as_ref());
            block.finish(values)
        }
        // Visited as a query of its own.
        SetExpr::Query(_) | SetExpr::Values(_) => Ok(()),
        SetExpr::SetOperation { left, right, .. } => {
            self::body(left, values)?;
            self::body(right, values)
        }
        _ => Err("a query of this kind is not understood"),
    }
}

fn insert(insert: &Insert, values: &mut Vec<usize>) -> Result<(), Refusal> {
    shape::insert(insert)?;
    let mut places =
        (0..).zip(&insert.columns).filter(|(_, column)| is_tenant(column)).map(|(place, _)| place);
    let place: usize = places.next().ok_or("INSERT without tenant_id")?;
    if places.next().is_some() {
        return Err("INSERT with tenant_id twice");
    }
    let Some(SetExpr::Values(rows)) = insert.source.as_ref().map(|source| &*source.body) else {
        return Err("INSERT without VALUES is not understood");
    };
    for row in &rows.rows {
        let value =
            row.content.get(place).and_then(predicate::bound).ok_or("INSERT with an unbound tenant_id")?;
        values.push(value);
    }
    match &insert.on {
        None => Ok(()),
        Some(OnInsert::OnConflict(conflict)) => match (&conflict.action, &conflict.conflict_target) {
            (OnConflictAction::DoNothing, _) => Ok(()),
            // With the tenant in the key, the row in the way is the tenant's own.
            (OnConflictAction::DoUpdate(update), Some(ConflictTarget::Columns(columns)))
                if columns.iter().any(|column| column.value == TENANT_COLUMN) =>
            {
                assignments(&update.assignments, values)
            }
            _ => Err("ON CONFLICT DO UPDATE on a key without tenant_id"),
        },
        Some(_) => Err("an INSERT of this kind is not understood"),
    }
}

fn update(update: &Update, values: &mut Vec<usize>) -> Result<(), Refusal> {
    let mut block = shape::update(update)?;
    assignments(&update.assignments, values)?;
    block.restrict(update.selection.as_ref());
    block.finish(values)
}

fn delete(delete: &Delete, values: &mut Vec<usize>) -> Result<(), Refusal> {
    let mut block = shape::delete(delete)?;
    block.restrict(delete.selection.as_ref());
    block.finish(values)
}

/// A row may be given to no other tenant.
fn assignments(assignments: &[Assignment], values: &mut Vec<usize>) -> Result<(), Refusal> {
    for Assignment { target, value } in assignments {
        let AssignmentTarget::ColumnName(column) = target else {
            return Err("an assignment of this kind is not understood");
        };
        if is_tenant(column) {
            values.push(own_value(value)?);
        }
    }
    Ok(())
}

fn own_value(value: &Expr) -> Result<usize, Refusal> {
    predicate::bound(value).ok_or("tenant_id is set to what is not bound")
}

fn is_tenant(column: &ObjectName) -> bool {
    column.0.last().and_then(|part| part.as_ident()).is_some_and(|name| name.value == TENANT_COLUMN)
}
