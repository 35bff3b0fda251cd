use async_graphql::{Context, Enum, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::pagination::{Connection, ConnectionKey, Page, PageArguments};
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::account::CustomerAccount;
use super::invoice_line::InvoiceLine;
use super::loader::{AccountById, LinesOf, PaymentsOf};
use super::order::Order;
use super::party::Party;
use super::payment::Payment;
use crate::domain;

/// What has become of an invoice
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::InvoiceStatus")]
pub(super) enum InvoiceStatus {
    /// Waits for payment
    Open,
    /// Paid in full
    Paid,
    /// Withdrawn: nothing is owed on it
    Void,
}

#[derive(Debug, Clone)]
pub(super) struct Invoice(pub(super) domain::Invoice);

impl Invoice {
    async fn charged_to(&self, context: &Context<'_>) -> Result<domain::Account, Error> {
        let account = Request::of(context)?.loader.load_one(AccountById(self.0.account_id)).await?;
        account.ok_or_else(|| Error::internal("an invoice without its account"))
    }
}

/// What a party is to pay
#[Object]
impl Invoice {
    pub(super) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The number as people write it, unique within the organization
    pub(super) async fn number(&self) -> &str {
        &self.0.number
    }

    async fn status(&self) -> InvoiceStatus {
        self.0.status.into()
    }

    async fn issued_at(&self) -> DateTime {
        self.0.issued_at.into()
    }

    async fn due_at(&self) -> DateTime {
        self.0.due_at.into()
    }

    /// What all lines come to
    pub(super) async fn total(&self) -> Result<Money, Error> {
        Ok(domain::money(self.0.total, self.0.currency)?)
    }

    /// What all payments come to: never more than the total
    async fn paid(&self) -> Result<Money, Error> {
        Ok(domain::money(self.0.paid, self.0.currency)?)
    }

    /// Who is to pay
    // What people read of a party lives in users: nullable, so that an invoice outlives users being away.
    async fn billed_to(&self, context: &Context<'_>) -> Result<Option<Party>, Error> {
        let account = self.charged_to(context).await?;
        Ok(Some(Party::new(account.party, Request::of(context)?.service.tenant())))
    }

    /// The account that it is charged to
    async fn account(&self, context: &Context<'_>) -> Result<CustomerAccount, Error> {
        self.charged_to(context).await.map(CustomerAccount)
    }

    /// What was ordered, where an order was the reason
    #[graphql(provides = "number")]
    async fn order(&self) -> Option<Order> {
        self.0.order.as_ref().map(Order::of_invoice)
    }

    /// What is charged
    async fn lines(&self, context: &Context<'_>) -> Result<Vec<InvoiceLine>, Error> {
        let request = Request::of(context)?;
        let (tenant, currency) = (request.service.tenant(), self.0.currency);
        let lines = request.loader.load_one(LinesOf(self.0.id)).await?.unwrap_or_default();
        Ok(lines.into_iter().map(|line| InvoiceLine { line, currency, tenant }).collect())
    }

    /// What was paid, newest first
    async fn payments(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Option<Connection<Payment>>, Error> {
        let page = PageArguments::parse("Payment", first, after.as_deref(), last, before.as_deref())?;
        let key = PaymentsOf(ConnectionKey { parent: self.0.id, page, filter: () });
        let page = Request::of(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Payment)))
    }
}
