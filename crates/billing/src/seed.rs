//! Rows to start with, for development and tests.

use std::collections::BTreeMap;

use auth::TenantId;
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use subgraph_kit::tenancy::{Database, StatementCounter};
use uuid::Uuid;

pub use crate::domain::{InvoiceStatus, Item, Party, PaymentMethod};
use crate::store::{self, Records};

/// Accounts with what was charged to them and what was paid.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// The accounts.
    pub accounts: Vec<Account>,
    /// Charges that are no products.
    pub fees: Vec<Fee>,
    /// The invoices.
    pub invoices: Vec<Invoice>,
    /// The payments.
    pub payments: Vec<Payment>,
}

/// A party's account. Each party of a tenant has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// Who is invoiced by it.
    pub party: Party,
    /// ISO 4217; all its invoices are in it.
    pub currency: String,
    /// Since when it is there.
    pub opened_at: DateTime<Utc>,
}

/// A charge that is no product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fee {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// What people read; at most 200 characters.
    pub description: String,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
}

/// An invoice. Its total is the sum of its lines, and what is paid on it the sum of its payments: at most the total,
/// and all of it where the status is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// Unique within the tenant; at most 40 characters.
    pub number: String,
    /// What has become of it.
    pub status: InvoiceStatus,
    /// Which account it is charged to.
    pub account_id: Uuid,
    /// What was ordered. An order has at most one invoice that is not void.
    pub order_id: Option<Uuid>,
    /// The order's number: there if the order is.
    pub order_number: Option<String>,
    /// ISO 4217: the account's.
    pub currency: String,
    /// When it was made out.
    pub issued_at: DateTime<Utc>,
    /// When it is to be paid.
    pub due_at: DateTime<Utc>,
    /// What is charged, in the order in which people read it.
    pub lines: Vec<InvoiceLine>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceLine {
    /// Which.
    pub id: Uuid,
    /// What is charged for.
    pub item: Item,
    /// How many; more than zero.
    pub quantity: i32,
    /// For the whole line, in the currency's minor unit.
    pub amount: i64,
}

/// Money that came in for an invoice, in its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Whose row it is.
    pub tenant: TenantId,
    /// Which.
    pub id: Uuid,
    /// What was paid.
    pub invoice_id: Uuid,
    /// More than zero, in the currency's minor unit.
    pub amount: i64,
    /// How it came in.
    pub method: PaymentMethod,
    /// When it came in.
    pub paid_at: DateTime<Utc>,
}

/// Why a dataset could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The amounts of this invoice are, or add up to, more than clients can read: 2^53 - 1.
    #[error("the amounts of invoice {0} are out of range")]
    OutOfRange(Uuid),
    /// A payment of an invoice that its tenant does not have.
    #[error("payment {payment} is of the unknown invoice {invoice}")]
    UnknownInvoice {
        /// The payment.
        payment: Uuid,
        /// What it names.
        invoice: Uuid,
    },
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// Loads the tenants that have no accounts yet, each with all that is theirs or nothing of it. `progress` is called
/// with the number of records dealt with so far: loaded, or there already.
///
/// # Errors
/// When the dataset contradicts itself; what the database says.
pub async fn load(
    database: &Database,
    data: &Dataset,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LoadError> {
    let mut tenants: BTreeMap<TenantId, Records<'_>> = BTreeMap::new();
    for account in &data.accounts {
        tenants.entry(account.tenant).or_default().accounts.push(account);
    }
    for fee in &data.fees {
        tenants.entry(fee.tenant).or_default().fees.push(fee);
    }
    for invoice in &data.invoices {
        tenants.entry(invoice.tenant).or_default().invoices.push(invoice);
    }
    for payment in &data.payments {
        tenants.entry(payment.tenant).or_default().payments.push(payment);
    }
    let mut done = 0;
    for (tenant, records) in &tenants {
        let db = database.tenant(*tenant, StatementCounter::default());
        store::add_tenant(&db, records, &mut |more| progress(done + more)).await?;
        done += records.len();
        progress(done);
    }
    Ok(())
}
