use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use auth::{Clock, TenantId};
use subgraph_kit::authorization::{AmountLimits, Authorizer, Resource};
use subgraph_kit::money::{Currency, Money};
use subgraph_kit::pagination::{Page, PageArguments};
use subgraph_kit::record::{moment, new_id};
use uuid::Uuid;

use super::error::Error;
use super::model::{Account, Fee, Invoice, InvoiceLine, InvoiceStatus, Party, Payment, PaymentMethod};
use super::policy::{self, Action};
use super::rules::{self, Settlement};

/// What the domain needs from a store. Each store belongs to one tenant, and finds only what is that tenant's; what
/// is found for a list of keys comes in no order, unless said.
#[async_trait]
pub(crate) trait Books: Send + Sync {
    async fn accounts(&self, ids: &[Uuid]) -> Result<Vec<Account>, Error>;

    async fn accounts_of(&self, parties: &[Party]) -> Result<Vec<Account>, Error>;

    async fn fees(&self, ids: &[Uuid]) -> Result<Vec<Fee>, Error>;

    async fn invoices(&self, ids: &[Uuid]) -> Result<Vec<Invoice>, Error>;

    /// All invoices ever made for these orders.
    async fn invoices_of_orders(&self, orders: &[Uuid]) -> Result<Vec<Invoice>, Error>;

    /// A page of all the tenant's invoices.
    async fn all_invoices(&self, query: &InvoicesQuery) -> Result<Page<Invoice>, Error>;

    /// The same page of invoices of each of these accounts.
    async fn invoices_of_accounts(
        &self,
        accounts: &[Uuid],
        page: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Invoice>>, Error>;

    /// The lines of these invoices, each invoice's in their order.
    async fn lines(&self, invoices: &[Uuid]) -> Result<Vec<InvoiceLine>, Error>;

    async fn payments(&self, ids: &[Uuid]) -> Result<Vec<Payment>, Error>;

    /// The same page of payments of each of these invoices.
    async fn payments_of(
        &self,
        invoices: &[Uuid],
        page: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Payment>>, Error>;

    /// What is open on all open invoices in this currency, in minor units.
    async fn open_amount(&self, currency: Currency) -> Result<i64, Error>;

    /// The same for each of these accounts; one without an open invoice is not in it.
    async fn open_amounts(&self, accounts: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error>;

    /// Records a payment with what `settle` makes of its invoice, or neither when `settle` refuses. From the moment
    /// that `settle` sees the invoice until it is written nobody else can change it. Returns the invoice as it is
    /// from now on, or `None` when the tenant has no such invoice.
    async fn record_payment(&self, payment: &Payment, settle: &Settle<'_>) -> Result<Option<Invoice>, Error>;
}

/// Decides what a payment makes of its invoice.
pub(crate) type Settle<'a> = dyn Fn(&Invoice) -> Result<Settlement, Error> + Send + Sync + 'a;

/// Which invoices.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct InvoicesQuery {
    /// Only those with this status.
    pub(crate) status: Option<InvoiceStatus>,
    /// Which of them.
    pub(crate) page: PageArguments,
}

/// What is asked for when an invoice is to be paid.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PayInvoice {
    pub(crate) invoice: Uuid,
    pub(crate) amount: Money,
    pub(crate) method: PaymentMethod,
}

/// What can be asked of this subgraph, by one Caller. Lists of keys are answered with what there is for them: what
/// belongs to another tenant is not there.
pub(crate) struct Service {
    authorizer: Authorizer,
    /// The largest payments that need no owner.
    limits: Arc<AmountLimits>,
    clock: Arc<dyn Clock>,
    books: Arc<dyn Books>,
}

impl Service {
    pub(crate) fn new(
        authorizer: Authorizer,
        limits: Arc<AmountLimits>,
        clock: Arc<dyn Clock>,
        books: Arc<dyn Books>,
    ) -> Self {
        Self { authorizer, limits, clock, books }
    }

    /// The Caller's tenant.
    pub(crate) fn tenant(&self) -> TenantId {
        self.authorizer.caller().tenant
    }

    /// Whether the Caller may see what is on all accounts together.
    pub(crate) fn may_see_all_accounts(&self) -> Result<(), Error> {
        Ok(self.authorizer.check_organization(Action::ViewAccounts)?)
    }

    /// Whether the Caller may see this account, and with it its invoices, its payments, and what is due.
    pub(crate) fn may_see_account(&self, account: &Account) -> Result<(), Error> {
        Ok(self.authorizer.check(Action::ViewAccount, &policy::account(account))?)
    }

    /// The same for the account of this party, be there one or not.
    pub(crate) fn may_see_account_of(&self, party: Party) -> Result<(), Error> {
        Ok(self.authorizer.check(Action::ViewAccount, &policy::account_of(party, self.tenant()))?)
    }

    /// The rows, whatever the Caller may see of them.
    pub(crate) fn books(&self) -> &dyn Books {
        &*self.books
    }

    /// What the organization is owed: the open amount over all its open invoices in the currency of its own account.
    /// `None` where it has no account.
    pub(crate) async fn balance(&self) -> Result<Option<Money>, Error> {
        self.may_see_all_accounts()?;
        let accounts = self.books.accounts_of(&[Party::Organization]).await?;
        let Some(account) = accounts.first() else { return Ok(None) };
        let open = self.books.open_amount(account.currency).await?;
        rules::money(open, account.currency).map(Some)
    }

    /// What is still to be paid for an order of this total, whose invoice is this.
    pub(crate) fn amount_due(total: Money, invoice: Option<&Invoice>) -> Result<Money, Error> {
        rules::amount_due(total, invoice)
    }

    /// Pays an invoice, or a part of what is open on it.
    pub(crate) async fn pay_invoice(&self, request: PayInvoice) -> Result<(Payment, Invoice), Error> {
        let context = policy::paying(&self.limits, request.amount);
        let organization = Resource::organization(self.tenant());
        self.authorizer.check_with(Action::PayInvoices, &organization, &context)?;
        let now = moment(self.clock.now());
        let payment = Payment {
            id: new_id(now),
            invoice_id: request.invoice,
            amount: request.amount.amount.get(),
            currency: request.amount.currency,
            method: request.method,
            paid_at: now,
        };
        let settle = |invoice: &Invoice| rules::settle(invoice, &payment);
        let invoice = self.books.record_payment(&payment, &settle).await?.ok_or(Error::NoSuchInvoice)?;
        Ok((payment, invoice))
    }
}
