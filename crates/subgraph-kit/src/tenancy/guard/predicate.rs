use sqlparser::ast::{
    BinaryOperator, Expr, JoinConstraint, JoinOperator, TableFactor, TableWithJoins, Value,
};

use super::super::scoped::TENANT_COLUMN;
use super::analysis::Refusal;
use super::text;

/// The tables that one SELECT, UPDATE or DELETE reads, and what is known of their tenants.
pub(super) struct Block<'a> {
    tables: Vec<Table<'a>>,
    derived: bool,
    /// What columns can refer to: tables and subqueries.
    names: Vec<&'a str>,
    /// Pairs of tables whose tenants are compared with each other in WHERE.
    same: Vec<(&'a str, &'a str)>,
}

struct Table<'a> {
    name: &'a str,
    /// The bound value that its tenant is compared with.
    value: Option<usize>,
    /// What its own ON compares its tenant with: it follows from the other table, but not the other way round.
    follows: Option<&'a str>,
}

/// What a condition says about tenants, for certain.
enum Fact<'a> {
    Bound(Owner<'a>, usize),
    Same(&'a str, &'a str),
}

/// Whose column `tenant_id` is.
#[derive(Clone, Copy)]
enum Owner<'a> {
    /// The named table's.
    Of(&'a str),
    /// No table is named, so it is meant where there is but one.
    OfTheOnly,
}

impl<'a> Block<'a> {
    /// The tables of a FROM clause.
    pub(super) fn of(from: &'a [TableWithJoins]) -> Result<Self, Refusal> {
        let mut block = Self { tables: Vec::new(), derived: false, names: Vec::new(), same: Vec::new() };
        for TableWithJoins { relation, joins } in from {
            block.add(relation)?;
            for join in joins {
                let name = block.add(&join.relation)?;
                let (JoinOperator::Join(constraint)
                | JoinOperator::Inner(constraint)
                | JoinOperator::Left(constraint)
                | JoinOperator::LeftOuter(constraint)
                | JoinOperator::CrossJoin(constraint)) = &join.join_operator
                else {
                    return Err("a join of this kind is not understood");
                };
                if let (Some(name), JoinConstraint::On(on)) = (name, constraint) {
                    block.join(name, on);
                }
            }
        }
        Ok(block)
    }

    /// Takes what WHERE says for certain.
    pub(super) fn restrict(&mut self, selection: Option<&'a Expr>) {
        let mut facts = Vec::new();
        if let Some(selection) = selection {
            collect(selection, &mut facts);
        }
        for fact in facts {
            match fact {
                Fact::Bound(owner, value) => self.bind(owner, value),
                Fact::Same(left, right) => self.same.push((left, right)),
            }
        }
    }

    /// The values that must be the tenant, or the refusal when a table is without.
    pub(super) fn finish(mut self, values: &mut Vec<usize>) -> Result<(), Refusal> {
        // A chain of comparisons is at most as long as there are tables.
        for _ in 0..self.tables.len() {
            let known: Vec<(&str, usize)> =
                self.tables.iter().filter_map(|table| Some((table.name, table.value?))).collect();
            for table in self.tables.iter_mut().filter(|table| table.value.is_none()) {
                let from_where = self.same.iter().filter_map(|(left, right)| match table.name {
                    name if name == *left => Some(*right),
                    name if name == *right => Some(*left),
                    _ => None,
                });
                table.value =
                    table.follows.into_iter().chain(from_where).find_map(|other| {
                        known.iter().find(|(name, _)| *name == other).map(|(_, value)| *value)
                    });
            }
        }
        for table in self.tables {
            values.push(table.value.ok_or("a table is read without a predicate on tenant_id")?);
        }
        Ok(())
    }

    /// Adds a table and returns the name that columns refer to it by; a subquery is checked as a block of its own.
    fn add(&mut self, relation: &'a TableFactor) -> Result<Option<&'a str>, Refusal> {
        match relation {
            TableFactor::Table {
                name, alias, args: None, with_ordinality: false, json_path: None, ..
            } => {
                let name = self.named(text::table_name(name, alias.as_ref())?)?;
                self.tables.push(Table { name, value: None, follows: None });
                Ok(Some(name))
            }
            TableFactor::Derived { alias, .. } => {
                if let Some(alias) = alias {
                    self.named(text::alias_name(alias)?)?;
                }
                self.derived = true;
                Ok(None)
            }
            _ => Err("a table expression of this kind is not understood"),
        }
    }

    /// Two of the same name could be meant by one predicate.
    fn named(&mut self, name: &'a str) -> Result<&'a str, Refusal> {
        if self.names.contains(&name) {
            return Err("two tables of the same name");
        }
        self.names.push(name);
        Ok(name)
    }

    /// ON restricts the joined table, in an outer join it alone.
    fn join(&mut self, joined: &'a str, on: &'a Expr) {
        let mut facts = Vec::new();
        collect(on, &mut facts);
        let Some(table) = self.tables.iter_mut().rfind(|table| table.name == joined) else { return };
        for fact in facts {
            match fact {
                Fact::Bound(Owner::Of(name), value) if name == joined => table.value = Some(value),
                Fact::Same(left, right) if left == joined => table.follows = Some(right),
                Fact::Same(left, right) if right == joined => table.follows = Some(left),
                _ => {}
            }
        }
    }

    fn bind(&mut self, owner: Owner<'_>, value: usize) {
        let only = self.tables.len() == 1 && !self.derived;
        for table in &mut self.tables {
            let meant = match owner {
                Owner::Of(name) => name == table.name,
                Owner::OfTheOnly => only,
            };
            if meant {
                table.value = Some(value);
            }
        }
    }
}

/// The facts in a condition that hold whenever it holds: those joined by AND.
fn collect<'a>(condition: &'a Expr, facts: &mut Vec<Fact<'a>>) {
    match condition {
        Expr::Nested(inner) => collect(inner, facts),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            collect(left, facts);
            collect(right, facts);
        }
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => match (tenant_of(left), tenant_of(right)) {
            (Some(table), None) => facts.extend(bound(right).map(|value| Fact::Bound(table, value))),
            (None, Some(table)) => facts.extend(bound(left).map(|value| Fact::Bound(table, value))),
            (Some(Owner::Of(left)), Some(Owner::Of(right))) => facts.push(Fact::Same(left, right)),
            _ => {}
        },
        _ => {}
    }
}

/// The table whose `tenant_id` an expression is.
fn tenant_of(expression: &Expr) -> Option<Owner<'_>> {
    match expression {
        Expr::Identifier(column) if column.value == TENANT_COLUMN => Some(Owner::OfTheOnly),
        Expr::CompoundIdentifier(parts) => match parts.as_slice() {
            [table, column] if column.value == TENANT_COLUMN => Some(Owner::Of(&table.value)),
            _ => None,
        },
        _ => None,
    }
}

/// The index of a bound value: `$1` is 0.
pub(super) fn bound(expression: &Expr) -> Option<usize> {
    let Expr::Value(value) = expression else { return None };
    let Value::Placeholder(text) = &value.value else { return None };
    text.strip_prefix('$')?.parse::<usize>().ok()?.checked_sub(1)
}
