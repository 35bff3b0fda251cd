use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::pagination::{Connection, Page, PageArguments};
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::loader::MembersOf;
use super::membership::{Membership, Role};
use crate::domain::{self, MembersQuery};

#[derive(Debug, Clone)]
pub(super) struct Organization(pub(super) domain::Organization);

/// A tenant
#[Object]
impl Organization {
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The short name, as it stands in addresses
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    pub(super) async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// Who belongs to it, newest first
    async fn members(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        role: Option<Role>,
    ) -> Result<Option<Connection<Membership>>, Error> {
        let page = PageArguments::parse("Membership", first, after.as_deref(), last, before.as_deref())?;
        let query = MembersQuery { role: role.map(Into::into), page };
        let key = MembersOf { organization: self.0.id, query };
        let page = Request::of(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Membership)))
    }
}
