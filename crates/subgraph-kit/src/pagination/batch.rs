use std::collections::HashMap;
use std::hash::Hash;

use sea_orm::sea_query::{Expr, ExprTrait as _, Func, IntoIden, Query, WindowStatement};
use sea_orm::{
    ColumnTrait, DbErr, FromQueryResult, Iterable as _, QueryFilter as _, QueryTrait as _, Select,
};
use uuid::Uuid;

use crate::tenancy::{Scoped, in_list};

use super::arguments::PageArguments;
use super::keyset::{Keyset, Page, cut_between, order, page};

/// The key of a loader of connections: the parent, and what its field was asked for. `F` holds the field's own
/// arguments, such as a filter; `()` where it has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ConnectionKey<F = ()> {
    /// The parent's id.
    pub parent: Uuid,
    /// The connection's arguments.
    pub page: PageArguments,
    /// The field's other arguments.
    pub filter: F,
}

impl<F: Clone + Eq + Hash> ConnectionKey<F> {
    /// Puts together the parents that were asked the same: a statement each. Within one GraphQL field all are.
    pub fn group(keys: &[Self]) -> HashMap<(PageArguments, F), Vec<Uuid>> {
        let mut groups: HashMap<_, Vec<Uuid>> = HashMap::new();
        for key in keys {
            groups.entry((key.page.clone(), key.filter.clone())).or_default().push(key.parent);
        }
        groups
    }
}

/// Reads the same page of many parents in one statement: rows are numbered within their parent, and each parent's
/// first `size` are kept.
///
/// `select` is scoped to the tenant and filtered by the field's own arguments; `parent` is the column with the
/// parent's id, and `parent_of` reads it from a row. A parent without rows has an empty page.
///
/// # Errors
/// What the database says.
pub async fn pages_by_parent<E: Keyset>(
    db: &impl Scoped,
    select: Select<E>,
    parent: E::Column,
    parent_of: impl Fn(&E::Model) -> Uuid,
    parents: &[Uuid],
    arguments: &PageArguments,
) -> Result<HashMap<Uuid, Page<E::Model>>, DbErr> {
    if let [only] = parents {
        // A single list is read as far as the page and no further; to number its rows would take all of them.
        let page = page(db, select.filter(parent.eq(*only)), arguments).await?;
        return Ok(HashMap::from([(*only, page)]));
    }
    let order = order(arguments.direction);
    let column = |column: E::Column| (E::default(), column);

    let mut numbered = select.filter(parent.is_in(in_list(parents.iter().copied()))).into_query();
    cut_between::<E>(&mut numbered, arguments);
    let mut window = WindowStatement::partition_by(column(parent));
    window.order_by(column(E::at_column()), order.clone()).order_by(column(E::id_column()), order.clone());
    numbered.expr_window_as(Func::cust("ROW_NUMBER"), window, "row_number");

    let mut query = Query::select();
    query
        .columns(E::Column::iter().map(|column| ("numbered", column.into_iden())))
        .from_subquery(numbered, "numbered")
        .and_where(Expr::col(("numbered", "row_number")).lte(u64::from(arguments.size) + 1))
        .order_by(("numbered", "row_number"), sea_orm::Order::Asc);
    if let Ok(left) = i64::try_from(db.rows_left()) {
        // Each parent may have few rows or a full page. A row more than is left tells that the request asks for too
        // much, and the rest of them need not be read for that.
        query.limit(left.unsigned_abs().saturating_add(1));
    }

    let mut rows: HashMap<Uuid, Vec<E::Model>> = parents.iter().map(|parent| (*parent, Vec::new())).collect();
    for row in db.query_all(&query).await? {
        let row = E::Model::from_query_result(&row, "")?;
        rows.entry(parent_of(&row)).or_default().push(row);
    }
    Ok(rows.into_iter().map(|(parent, rows)| (parent, Page::cut::<E>(arguments, rows))).collect())
}
