use async_graphql::{Context, ID, Interface, Object};
use auth::{TenantId, UserId};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::pagination::{Connection, Page, PageArguments};

use super::Request;
use super::account::CustomerAccount;
use super::invoice::{Invoice, InvoiceStatus};
use super::loader::{AllInvoices, Balance};
use crate::domain::{self, InvoicesQuery};

/// Who an invoice is made out to
// The display name lives in users: a query for it crosses subgraphs through this interface.
#[derive(Debug, Clone, Copy, Interface)]
#[graphql(field(name = "id", ty = "ID"))]
pub(super) enum Party {
    Organization(Organization),
    User(User),
}

impl Party {
    /// The party of an account of this tenant.
    pub(super) fn new(party: domain::Party, tenant: TenantId) -> Self {
        match party {
            domain::Party::User(user) => Self::User(User(user)),
            domain::Party::Organization => Self::Organization(Organization(tenant)),
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) struct User(pub(super) UserId);

/// A person
#[Object]
impl User {
    async fn id(&self) -> ID {
        self.0.to_string().into()
    }

    /// The account that the person is invoiced by. For the person, owners, admins and support
    async fn account(&self, context: &Context<'_>) -> Result<Option<CustomerAccount>, Error> {
        let party = domain::Party::User(self.0);
        Ok(Request::of(context)?.account_of(party).await?.map(CustomerAccount))
    }
}

/// The Caller's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Organization(pub(super) TenantId);

/// A tenant
#[Object]
impl Organization {
    async fn id(&self) -> ID {
        self.0.to_string().into()
    }

    /// What is open on all open invoices in the currency of the organization's own account; null where it has none.
    /// For owners, admins and support
    async fn balance(&self, context: &Context<'_>) -> Result<Option<Money>, Error> {
        Request::of(context)?.loader.load_one(Balance).await
    }

    /// The account that the organization itself is invoiced by. For owners, admins and support
    async fn account(&self, context: &Context<'_>) -> Result<Option<CustomerAccount>, Error> {
        let party = domain::Party::Organization;
        Ok(Request::of(context)?.account_of(party).await?.map(CustomerAccount))
    }

    /// All invoices that the organization has, newest first. For owners, admins and support
    async fn invoices(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        status: Option<InvoiceStatus>,
    ) -> Result<Option<Connection<Invoice>>, Error> {
        let page = PageArguments::parse("Invoice", first, after.as_deref(), last, before.as_deref())?;
        let key = AllInvoices(InvoicesQuery { status: status.map(Into::into), page });
        let request = Request::of(context)?;
        request.service.may_see_all_accounts()?;
        let page = request.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Some(Connection::new(page, Invoice)))
    }
}
