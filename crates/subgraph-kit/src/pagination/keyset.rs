use sea_orm::sea_query::{Expr, ExprTrait as _, Order, SelectStatement, SimpleExpr};
use sea_orm::{ColumnTrait as _, DbErr, FromQueryResult, QueryTrait as _, Select};

use crate::tenancy::{Scoped, TenantOwned};

use super::arguments::{Direction, PageArguments};
use super::cursor::Position;

/// A table that is paged newest first: by a moment, then by id, both descending.
///
/// The table needs an index over (tenant, what the list is filtered by, moment descending, id descending). The
/// moment must not change after the row is there, or a reader can miss the row.
pub trait Keyset: TenantOwned {
    /// The column with the moment.
    fn at_column() -> Self::Column;

    /// The column with the id.
    fn id_column() -> Self::Column;

    /// Where a row stands.
    fn position(row: &Self::Model) -> Position;
}

/// A page of rows, newest first, each with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<(Position, T)>,
    /// Whether rows follow.
    pub has_next_page: bool,
    /// Whether rows stand before. With `first` this is taken from the cursor alone, as the Relay specification
    /// allows: true where `after` is given.
    pub has_previous_page: bool,
}

impl<T> Page<T> {
    /// A page without rows.
    pub fn empty() -> Self {
        Self { rows: Vec::new(), has_next_page: false, has_previous_page: false }
    }

    /// The same page with each row made into something else.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(|(position, row)| (position, make(row))).collect(),
            has_next_page: self.has_next_page,
            has_previous_page: self.has_previous_page,
        }
    }

    /// The same page with each row made into something else, unless one of them cannot be.
    ///
    /// # Errors
    /// The first row's that cannot.
    pub fn try_map<U, E>(self, make: impl Fn(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let rows = self.rows.into_iter().map(|(position, row)| Ok((position, make(row)?)));
        Ok(Page {
            rows: rows.collect::<Result<_, E>>()?,
            has_next_page: self.has_next_page,
            has_previous_page: self.has_previous_page,
        })
    }

    /// Cuts what was read, which is a row more than asked for where there is one, to the page.
    pub(super) fn cut<E: Keyset<Model = T>>(arguments: &PageArguments, mut rows: Vec<T>) -> Self {
        let size = usize::try_from(arguments.size).unwrap_or(usize::MAX);
        let more = rows.len() > size;
        rows.truncate(size);
        let (has_next_page, has_previous_page) = match arguments.direction {
            Direction::Forward => (more, arguments.after.is_some()),
            Direction::Backward => {
                rows.reverse();
                (arguments.before.is_some(), more)
            }
        };
        let rows = rows.into_iter().map(|row| (E::position(&row), row)).collect();
        Self { rows, has_next_page, has_previous_page }
    }
}

/// Reads one page of `select` in one statement. For the same connection on many parents use
/// [`pages_by_parent`](super::pages_by_parent).
///
/// # Errors
/// What the database says.
pub async fn page<E: Keyset>(
    db: &impl Scoped,
    select: Select<E>,
    arguments: &PageArguments,
) -> Result<Page<E::Model>, DbErr> {
    let mut query = select.into_query();
    cut_between::<E>(&mut query, arguments);
    let order = order(arguments.direction);
    query
        .order_by((E::default(), E::at_column()), order.clone())
        .order_by((E::default(), E::id_column()), order)
        .limit(u64::from(arguments.size) + 1);
    let rows = db.query_all(&query).await?;
    let rows = rows.iter().map(|row| E::Model::from_query_result(row, "")).collect::<Result<_, _>>()?;
    Ok(Page::cut::<E>(arguments, rows))
}

/// Leaves only the rows between the cursors. A row-value comparison is one range of the composite index.
pub(super) fn cut_between<E: Keyset>(query: &mut SelectStatement, arguments: &PageArguments) {
    if let Some(after) = arguments.after {
        query.and_where(key::<E>().lt(value(after)));
    }
    if let Some(before) = arguments.before {
        query.and_where(key::<E>().gt(value(before)));
    }
}

/// The order of rows in the database for a page from this end.
pub(super) fn order(direction: Direction) -> Order {
    match direction {
        Direction::Forward => Order::Desc,
        Direction::Backward => Order::Asc,
    }
}

fn key<E: Keyset>() -> SimpleExpr {
    Expr::tuple([E::at_column().into_expr(), E::id_column().into_expr()])
}

fn value(position: Position) -> SimpleExpr {
    Expr::tuple([Expr::value(position.at), Expr::value(position.id)])
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use uuid::Uuid;

    use super::{Page, Position};

    #[test]
    fn a_page_is_made_into_another_or_not_at_all() {
        let position = Position { at: DateTime::<Utc>::UNIX_EPOCH, id: Uuid::nil() };
        let page = |texts: [&'static str; 2]| Page {
            rows: texts.map(|text| (position, text)).into(),
            has_next_page: true,
            has_previous_page: false,
        };
        let numbers = page(["1", "2"]).try_map(str::parse::<u8>).unwrap();
        let expected =
            Page { rows: vec![(position, 1), (position, 2)], has_next_page: true, has_previous_page: false };
        assert_eq!(numbers, expected);
        assert!(page(["1", "x"]).try_map(str::parse::<u8>).is_err());
    }
}
