//! The text of a statement, read so that the guard and the database cannot read it differently.
//!
//! What SeaORM builds is plain: bound values, names in lower case, no comments. Whatever two readers of SQL could
//! take for different things is refused here, before anything is made of the rest.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Ident, ObjectName, Statement, TableAlias, Visitor, visit_relations};
use sqlparser::dialect::{Dialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, TokenWithSpan, Tokenizer, Whitespace};

use super::super::scoped::TENANT_COLUMN;
use super::analysis::Refusal;

/// The functions that a statement may call. A function can read anything (`query_to_xml` takes a whole query), so
/// none is called that is not known to look at its arguments alone.
const FUNCTIONS: [&str; 22] = [
    "abs",
    "avg",
    "coalesce",
    "count",
    "date",
    "dense_rank",
    "greatest",
    "least",
    "length",
    "lower",
    "ltrim",
    "max",
    "min",
    "nullif",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtrim",
    "sum",
    "trim",
    "upper",
];

/// How the names of tables begin that belong to the database or to its migrations. They have no tenants, so a bare
/// `tenant_id` in a query on them would be that of the query around.
const SYSTEM_TABLES: [&str; 4] = ["pg_", "sqlite_", "seaql_", "information_schema"];

/// Parses exactly one statement.
pub(super) fn parse(sql: &str, postgres: bool) -> Result<Statement, Refusal> {
    let dialect: &dyn Dialect = if postgres { &PostgreSqlDialect {} } else { &SQLiteDialect {} };
    let tokens = tokens(dialect, sql, postgres)?;
    let mut statements = Parser::new(dialect)
        .with_tokens_with_locations(tokens)
        .parse_statements()
        .map_err(|_| "the text is not understood")?;
    match (statements.pop(), statements.is_empty()) {
        (Some(statement), true) => Ok(statement),
        _ => Err("not exactly one statement"),
    }
}

/// The tokens, with SQLite's anonymous `?` numbered as PostgreSQL's `$1` are.
fn tokens(dialect: &dyn Dialect, sql: &str, postgres: bool) -> Result<Vec<TokenWithSpan>, Refusal> {
    let mut tokens =
        Tokenizer::new(dialect, sql).tokenize_with_location().map_err(|_| "the text cannot be read")?;
    let mut number = 0_usize;
    for token in &mut tokens {
        match &mut token.token {
            Token::Placeholder(text) if postgres => {
                let digits = text.strip_prefix('$').unwrap_or_default();
                if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err("a placeholder that is not $1, $2 and so on");
                }
            }
            Token::Placeholder(text) if text == "?" => {
                number += 1;
                *text = format!("${number}");
            }
            // With numbers or names of its own, the values would be other ones than are counted here.
            Token::Placeholder(_) => return Err("a placeholder that is not ?"),
            Token::Colon | Token::AtSign if !postgres => return Err("a placeholder that is not ?"),
            // PostgreSQL nests them and SQLite does not.
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                return Err("a comment");
            }
            Token::DollarQuotedString(_)
            | Token::EscapedStringLiteral(_)
            | Token::UnicodeStringLiteral(_)
            | Token::NationalStringLiteral(_)
            | Token::DoubleQuotedString(_)
            | Token::TripleSingleQuotedString(_)
            | Token::TripleDoubleQuotedString(_) => return Err("a string that is not in plain quotes"),
            Token::Char(_) => return Err("a character that is not understood"),
            _ => {}
        }
    }
    Ok(tokens)
}

/// The tables that a statement names, wherever in it, in lower case and without their schemas.
pub(super) fn tables(statement: &Statement) -> Vec<String> {
    let mut tables = Vec::new();
    let _: ControlFlow<()> = visit_relations(statement, |name| {
        // What is no identifier is the name of no table that anybody listed.
        let last = name.0.last().and_then(|part| part.as_ident());
        tables.push(last.map_or_else(|| name.to_string(), |name| name.value.to_ascii_lowercase()));
        ControlFlow::Continue(())
    });
    tables
}

/// The name of a table as columns refer to it. It is in lower case, quoted or not, so that it means the same to
/// everybody: unquoted, PostgreSQL folds it, and SQLite folds it even quoted.
pub(super) fn table_name<'a>(
    name: &'a ObjectName,
    alias: Option<&'a TableAlias>,
) -> Result<&'a str, Refusal> {
    let [part] = name.0.as_slice() else { return Err("a table of a named schema") };
    let table = plain(part.as_ident().ok_or("a table name is not understood")?)?;
    if SYSTEM_TABLES.iter().any(|start| table.starts_with(start)) {
        return Err("a table of the system");
    }
    alias.map_or(Ok(table), alias_name)
}

/// The alias of a table or a subquery. It must not rename columns: another one would become `tenant_id`.
pub(super) fn alias_name(alias: &TableAlias) -> Result<&str, Refusal> {
    if !alias.columns.is_empty() || alias.at.is_some() {
        return Err("an alias that renames columns");
    }
    plain(&alias.name)
}

fn plain(name: &Ident) -> Result<&str, Refusal> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.value.bytes().all(plain) {
        Ok(&name.value)
    } else {
        Err("a table name that is not in lower case")
    }
}

/// Looks at every name and function call of a statement, wherever it stands.
pub(super) struct Names;

impl Visitor for Names {
    type Break = Refusal;

    fn pre_visit_ident(&mut self, name: &Ident) -> ControlFlow<Refusal> {
        // To SQLite, and unquoted to PostgreSQL, it is the same column; here it would be another.
        if name.value != TENANT_COLUMN && name.value.eq_ignore_ascii_case(TENANT_COLUMN) {
            return ControlFlow::Break("tenant_id is not written in lower case");
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expression: &Expr) -> ControlFlow<Refusal> {
        let Expr::Function(function) = expression else { return ControlFlow::Continue(()) };
        let known = match function.name.0.as_slice() {
            [part] => part
                .as_ident()
                .is_some_and(|name| FUNCTIONS.iter().any(|known| name.value.eq_ignore_ascii_case(known))),
            _ => false,
        };
        if known { ControlFlow::Continue(()) } else { ControlFlow::Break("a function that is not known") }
    }
}
