use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::pagination::{Connection, ConnectionKey, Page, PageArguments};

use super::Request;
use super::invoice::Invoice;
use super::loader::OpenOn;
use super::party::Party;
use crate::domain;

#[derive(Debug, Clone)]
pub(super) struct CustomerAccount(pub(super) domain::Account);

/// What a party is invoiced by: one account each, in one currency
#[Object]
impl CustomerAccount {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Who is invoiced
    async fn party(&self, context: &Context<'_>) -> Result<Option<Party>, Error> {
        Ok(Some(Party::new(self.0.party, Request::of(context)?.service.tenant())))
    }

    /// What is open on its open invoices
    async fn balance(&self, context: &Context<'_>) -> Result<Money, Error> {
        let open = Request::of(context)?.loader.load_one(OpenOn(self.0.id)).await?;
        Ok(domain::money(open.unwrap_or_default(), self.0.currency)?)
    }

    /// Its invoices, newest first
    async fn invoices(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Connection<Invoice>>, Error> {
        let page = PageArguments::parse("Invoice", first, after.as_deref(), last, before.as_deref())?;
        let key = ConnectionKey { parent: self.0.id, page, filter: () };
        let page = Request::of(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Invoice)))
    }
}
