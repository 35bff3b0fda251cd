//! What the Caller may see of the books.
//!
//! Looked up by a key, what may not be seen is not there, as with another tenant's: a key tells nobody whether there is
//! such a row. A field of what can be seen says FORBIDDEN.

use subgraph_kit::error::Error;
use uuid::Uuid;

use super::Request;
use super::loader::{AccountById, AccountOf, InvoiceById, InvoiceOf, PaymentById};
use crate::domain::{self, Account, Invoice, Party, Payment};

impl Request {
    /// An account by its id, if the Caller may see it.
    pub(super) async fn account(&self, id: Uuid) -> Result<Option<Account>, Error> {
        let account = self.loader.load_one(AccountById(id)).await?;
        Ok(account.filter(|account| self.service.may_see_account(account).is_ok()))
    }

    /// An invoice by its id, if the Caller may see it.
    pub(super) async fn invoice(&self, id: Uuid) -> Result<Option<Invoice>, Error> {
        let Some(invoice) = self.loader.load_one(InvoiceById(id)).await? else { return Ok(None) };
        Ok(self.may_see(&invoice).await?.is_ok().then_some(invoice))
    }

    /// A payment by its id, if the Caller may see its invoice.
    pub(super) async fn payment(&self, id: Uuid) -> Result<Option<Payment>, Error> {
        let Some(payment) = self.loader.load_one(PaymentById(id)).await? else { return Ok(None) };
        // Whoever may see all needs no invoice looked up for it.
        if self.service.may_see_all_accounts().is_ok() {
            return Ok(Some(payment));
        }
        Ok(self.invoice(payment.invoice_id).await?.map(|_| payment))
    }

    /// The account of a party.
    ///
    /// # Errors
    /// When the Caller may not see it, whether there is one or not.
    pub(super) async fn account_of(&self, party: Party) -> Result<Option<Account>, Error> {
        self.service.may_see_account_of(party)?;
        self.loader.load_one(AccountOf(party)).await
    }

    /// The invoice that counts for an order.
    ///
    /// # Errors
    /// When there is one that the Caller may not see.
    pub(super) async fn invoice_of(&self, order: Uuid) -> Result<Option<Invoice>, Error> {
        let Some(invoice) = self.loader.load_one(InvoiceOf(order)).await? else { return Ok(None) };
        self.may_see(&invoice).await??;
        Ok(Some(invoice))
    }

    /// Whether the Caller may see this invoice; the outer error is that it could not be found out.
    async fn may_see(&self, invoice: &Invoice) -> Result<Result<(), domain::Error>, Error> {
        if self.service.may_see_all_accounts().is_ok() {
            return Ok(Ok(()));
        }
        let account = self.loader.load_one(AccountById(invoice.account_id)).await?;
        let account = account.ok_or_else(|| Error::internal("an invoice without its account"))?;
        Ok(self.service.may_see_account(&account))
    }
}
