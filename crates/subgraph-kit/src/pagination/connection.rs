use std::borrow::Cow;

use async_graphql::{Object, ObjectType, SimpleObject, TypeName};

use super::cursor::Position;
use super::keyset::Page;

/// Where a page stands in its list
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
#[graphql(shareable)]
pub struct PageInfo {
    /// Whether rows follow this page
    pub has_next_page: bool,
    /// Whether rows stand before this page
    pub has_previous_page: bool,
    /// The cursor of the first row of this page
    pub start_cursor: Option<String>,
    /// The cursor of the last row of this page
    pub end_cursor: Option<String>,
}

/// A node with its cursor: `{Node}Edge` in the schema.
#[derive(Debug, Clone)]
pub struct Edge<T> {
    position: Position,
    node: T,
}

/// A page of nodes: `{Node}Connection` in the schema.
#[derive(Debug, Clone)]
pub struct Connection<T> {
    edges: Vec<Edge<T>>,
    has_next_page: bool,
    has_previous_page: bool,
}

impl<T> Connection<T> {
    /// The connection of a page, each row made into a node.
    pub fn new<M>(page: Page<M>, node: impl Fn(M) -> T) -> Self {
        let edges = page.rows.into_iter().map(|(position, row)| Edge { position, node: node(row) }).collect();
        Self { edges, has_next_page: page.has_next_page, has_previous_page: page.has_previous_page }
    }
}

impl<T: ObjectType> TypeName for Connection<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::type_name()).into()
    }
}

impl<T: ObjectType> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::type_name()).into()
    }
}

/// A page of a list
#[Object(name_type)]
impl<T: ObjectType> Connection<T> {
    /// The rows with their cursors
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The rows alone
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page stands in its list
    async fn page_info(&self) -> PageInfo {
        let cursor = |edge: &Edge<T>| edge.position.encode(&T::type_name());
        PageInfo {
            has_next_page: self.has_next_page,
            has_previous_page: self.has_previous_page,
            start_cursor: self.edges.first().map(cursor),
            end_cursor: self.edges.last().map(cursor),
        }
    }
}

/// A row with its cursor
#[Object(name_type)]
impl<T: ObjectType> Edge<T> {
    /// Where the row stands; give it as `after` or `before`
    async fn cursor(&self) -> String {
        self.position.encode(&T::type_name())
    }

    /// The row
    async fn node(&self) -> &T {
        &self.node
    }
}
