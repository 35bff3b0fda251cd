use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use subgraph_kit::error::Error;
use subgraph_kit::loader::{Loader, by_key};
use subgraph_kit::money::Money;
use subgraph_kit::pagination::{ConnectionKey, Page};
use uuid::Uuid;

use crate::domain::{Account, Fee, Invoice, InvoiceLine, InvoicesQuery, Party, Payment, Service, standing};

/// Every way that this subgraph looks something up for a list of keys: one statement each, and for connections one for
/// each different set of arguments.
pub(super) struct Lookups {
    service: Arc<Service>,
}

impl Lookups {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

subgraph_kit::loader_keys! {
    /// An account by its id.
    AccountById(Uuid);
    /// The account of a party.
    AccountOf(Party);
    /// A fee by its id.
    FeeById(Uuid);
    /// An invoice by its id.
    InvoiceById(Uuid);
    /// The invoice that counts for an order.
    InvoiceOf(Uuid);
    /// The lines of an invoice.
    LinesOf(Uuid);
    /// A payment by its id.
    PaymentById(Uuid);
    /// A page of an invoice's payments.
    PaymentsOf(ConnectionKey);
    /// What is open on an account, in minor units.
    OpenOn(Uuid);
    /// A page of all the tenant's invoices.
    AllInvoices(InvoicesQuery);
}

/// A page of an account's invoices.
pub(super) type InvoicesOfAccount = ConnectionKey;

/// What the organization is owed. There is one for a request, but many fields can ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Balance;

impl Loader<AccountById> for Lookups {
    type Value = Account;
    type Error = Error;

    async fn load(&self, keys: &[AccountById]) -> Result<HashMap<AccountById, Account>, Error> {
        let accounts = self.service.books().accounts(&ids(keys, |key| key.0)).await?;
        Ok(by_key(accounts, |account| AccountById(account.id)))
    }
}

impl Loader<AccountOf> for Lookups {
    type Value = Account;
    type Error = Error;

    async fn load(&self, keys: &[AccountOf]) -> Result<HashMap<AccountOf, Account>, Error> {
        let parties: Vec<Party> = keys.iter().map(|key| key.0).collect();
        let accounts = self.service.books().accounts_of(&parties).await?;
        Ok(by_key(accounts, |account| AccountOf(account.party)))
    }
}

impl Loader<FeeById> for Lookups {
    type Value = Fee;
    type Error = Error;

    async fn load(&self, keys: &[FeeById]) -> Result<HashMap<FeeById, Fee>, Error> {
        let fees = self.service.books().fees(&ids(keys, |key| key.0)).await?;
        Ok(by_key(fees, |fee| FeeById(fee.id)))
    }
}

impl Loader<InvoiceById> for Lookups {
    type Value = Invoice;
    type Error = Error;

    async fn load(&self, keys: &[InvoiceById]) -> Result<HashMap<InvoiceById, Invoice>, Error> {
        let invoices = self.service.books().invoices(&ids(keys, |key| key.0)).await?;
        Ok(by_key(invoices, |invoice| InvoiceById(invoice.id)))
    }
}

impl Loader<InvoiceOf> for Lookups {
    type Value = Invoice;
    type Error = Error;

    async fn load(&self, keys: &[InvoiceOf]) -> Result<HashMap<InvoiceOf, Invoice>, Error> {
        let invoices = self.service.books().invoices_of_orders(&ids(keys, |key| key.0)).await?;
        let of_orders = group(invoices, |invoice| invoice.order.as_ref().map(|order| InvoiceOf(order.id)));
        Ok(of_orders.into_iter().filter_map(|(order, invoices)| Some((order, standing(invoices)?))).collect())
    }
}

impl Loader<LinesOf> for Lookups {
    type Value = Vec<InvoiceLine>;
    type Error = Error;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<InvoiceLine>>, Error> {
        let lines = self.service.books().lines(&ids(keys, |key| key.0)).await?;
        Ok(group(lines, |line| Some(LinesOf(line.invoice_id))))
    }
}

impl Loader<PaymentById> for Lookups {
    type Value = Payment;
    type Error = Error;

    async fn load(&self, keys: &[PaymentById]) -> Result<HashMap<PaymentById, Payment>, Error> {
        let payments = self.service.books().payments(&ids(keys, |key| key.0)).await?;
        Ok(by_key(payments, |payment| PaymentById(payment.id)))
    }
}

impl Loader<PaymentsOf> for Lookups {
    type Value = Page<Payment>;
    type Error = Error;

    async fn load(&self, keys: &[PaymentsOf]) -> Result<HashMap<PaymentsOf, Page<Payment>>, Error> {
        let keys: Vec<ConnectionKey> = keys.iter().map(|key| key.0.clone()).collect();
        let mut pages = HashMap::new();
        for ((page, filter), invoices) in ConnectionKey::group(&keys) {
            for (parent, found) in self.service.books().payments_of(&invoices, &page).await? {
                pages.insert(PaymentsOf(ConnectionKey { parent, page: page.clone(), filter }), found);
            }
        }
        Ok(pages)
    }
}

impl Loader<OpenOn> for Lookups {
    type Value = i64;
    type Error = Error;

    async fn load(&self, keys: &[OpenOn]) -> Result<HashMap<OpenOn, i64>, Error> {
        let amounts = self.service.books().open_amounts(&ids(keys, |key| key.0)).await?;
        Ok(amounts.into_iter().map(|(account, open)| (OpenOn(account), open)).collect())
    }
}

impl Loader<Balance> for Lookups {
    type Value = Money;
    type Error = Error;

    async fn load(&self, _: &[Balance]) -> Result<HashMap<Balance, Money>, Error> {
        let balance = self.service.balance().await?;
        Ok(balance.into_iter().map(|balance| (Balance, balance)).collect())
    }
}

impl Loader<AllInvoices> for Lookups {
    type Value = Page<Invoice>;
    type Error = Error;

    async fn load(&self, keys: &[AllInvoices]) -> Result<HashMap<AllInvoices, Page<Invoice>>, Error> {
        let mut pages = HashMap::new();
        for key in keys {
            pages.insert(key.clone(), self.service.books().all_invoices(&key.0).await?);
        }
        Ok(pages)
    }
}

impl Loader<InvoicesOfAccount> for Lookups {
    type Value = Page<Invoice>;
    type Error = Error;

    async fn load(
        &self,
        keys: &[InvoicesOfAccount],
    ) -> Result<HashMap<InvoicesOfAccount, Page<Invoice>>, Error> {
        let mut pages = HashMap::new();
        for ((page, filter), accounts) in ConnectionKey::group(keys) {
            for (parent, found) in self.service.books().invoices_of_accounts(&accounts, &page).await? {
                pages.insert(ConnectionKey { parent, page: page.clone(), filter }, found);
            }
        }
        Ok(pages)
    }
}

fn ids<K>(keys: &[K], id: impl Fn(&K) -> Uuid) -> Vec<Uuid> {
    keys.iter().map(id).collect()
}

/// Puts together what has the same key, in the order in which it came.
fn group<K: Eq + Hash, V>(values: Vec<V>, key: impl Fn(&V) -> Option<K>) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for value in values {
        if let Some(key) = key(&value) {
            groups.entry(key).or_default().push(value);
        }
    }
    groups
}
