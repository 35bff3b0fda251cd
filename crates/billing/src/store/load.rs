use std::collections::HashMap;

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::QuerySelect as _;
use subgraph_kit::money::MinorUnits;
use subgraph_kit::record::moment;
use subgraph_kit::tenancy::{Scoped as _, TenantDb};
use uuid::Uuid;

use super::{account, fee, invoice, invoice_line, payment};
use crate::domain::Item;
use crate::seed::{Account, Fee, Invoice, LoadError, Payment};

/// How many records are sent before progress is told.
const BATCH: usize = 1_000;

/// What one tenant starts with.
#[derive(Debug, Default)]
pub(crate) struct Records<'a> {
    pub(crate) accounts: Vec<&'a Account>,
    pub(crate) fees: Vec<&'a Fee>,
    pub(crate) invoices: Vec<&'a Invoice>,
    pub(crate) payments: Vec<&'a Payment>,
}

impl Records<'_> {
    /// How many records, lines not counted.
    pub(crate) fn len(&self) -> u64 {
        count(self.accounts.len() + self.fees.len() + self.invoices.len() + self.payments.len())
    }
}

/// Adds all that a tenant starts with, unless the tenant has an account already. `progress` is called with the number
/// of records sent.
pub(crate) async fn add_tenant(
    db: &TenantDb,
    records: &Records<'_>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LoadError> {
    let transaction = db.begin().await?;
    if transaction.find::<account::Entity>().limit(1).one(&transaction).await?.is_some() {
        return Ok(());
    }
    let paid = paid(records)?;
    let accounts = records.accounts.iter().map(|account| account_row(account));
    transaction.insert_all(accounts.collect()).await?;
    transaction.insert_all(records.fees.iter().map(|fee| fee_row(fee)).collect()).await?;
    let mut done = count(records.accounts.len() + records.fees.len());
    progress(done);
    for batch in records.invoices.chunks(BATCH) {
        let rows = batch.iter().map(|invoice| invoice_row(invoice, &paid)).collect::<Result<_, _>>()?;
        transaction.insert_all::<invoice::ActiveModel>(rows).await?;
        transaction.insert_all(batch.iter().flat_map(|invoice| line_rows(invoice)).collect()).await?;
        done += count(batch.len());
        progress(done);
    }
    for batch in records.payments.chunks(BATCH) {
        let rows = batch.iter().map(|payment| payment_row(payment, &paid)).collect::<Result<_, _>>()?;
        transaction.insert_all::<payment::ActiveModel>(rows).await?;
        done += count(batch.len());
        progress(done);
    }
    Ok(transaction.commit().await?)
}

/// What was paid on an invoice, and in which currency.
struct Paid<'a> {
    amount: i64,
    currency: &'a str,
}

fn paid<'a>(records: &Records<'a>) -> Result<HashMap<Uuid, Paid<'a>>, LoadError> {
    let mut paid: HashMap<Uuid, Paid<'a>> = records
        .invoices
        .iter()
        .map(|invoice| (invoice.id, Paid { amount: 0, currency: &invoice.currency }))
        .collect();
    for payment in &records.payments {
        let paid = paid.get_mut(&payment.invoice_id).ok_or_else(|| unknown_invoice(payment))?;
        paid.amount =
            paid.amount.checked_add(payment.amount).ok_or(LoadError::OutOfRange(payment.invoice_id))?;
    }
    Ok(paid)
}

fn unknown_invoice(payment: &Payment) -> LoadError {
    LoadError::UnknownInvoice { payment: payment.id, invoice: payment.invoice_id }
}

fn account_row(account: &Account) -> account::ActiveModel {
    let (party_kind, party_id) = account::party_columns(account.party, account.tenant);
    account::ActiveModel {
        tenant_id: NotSet,
        id: Set(account.id),
        party_kind: Set(party_kind),
        party_id: Set(party_id),
        currency: Set(account.currency.clone()),
        opened_at: Set(moment(account.opened_at)),
    }
}

fn fee_row(fee: &Fee) -> fee::ActiveModel {
    fee::ActiveModel {
        tenant_id: NotSet,
        id: Set(fee.id),
        description: Set(fee.description.clone()),
        created_at: Set(moment(fee.created_at)),
    }
}

fn invoice_row(invoice: &Invoice, paid: &HashMap<Uuid, Paid<'_>>) -> Result<invoice::ActiveModel, LoadError> {
    let total = invoice
        .lines
        .iter()
        .try_fold(0_i64, |total, line| total.checked_add(readable(line.amount)?))
        .and_then(readable)
        .ok_or(LoadError::OutOfRange(invoice.id))?;
    Ok(invoice::ActiveModel {
        tenant_id: NotSet,
        id: Set(invoice.id),
        number: Set(invoice.number.clone()),
        status: Set(invoice.status.into()),
        account_id: Set(invoice.account_id),
        order_id: Set(invoice.order_id),
        order_number: Set(invoice.order_number.clone()),
        currency: Set(invoice.currency.clone()),
        total_amount: Set(total),
        paid_amount: Set(paid.get(&invoice.id).map_or(0, |paid| paid.amount)),
        issued_at: Set(moment(invoice.issued_at)),
        due_at: Set(moment(invoice.due_at)),
    })
}

fn line_rows(invoice: &Invoice) -> impl Iterator<Item = invoice_line::ActiveModel> {
    (0..).zip(&invoice.lines).map(|(position, line)| {
        let (sku, fee_id) = match &line.item {
            Item::Product { sku } => (Some(sku.clone()), None),
            Item::Fee(fee) => (None, Some(*fee)),
        };
        invoice_line::ActiveModel {
            tenant_id: NotSet,
            id: Set(line.id),
            invoice_id: Set(invoice.id),
            position: Set(position),
            sku: Set(sku),
            fee_id: Set(fee_id),
            quantity: Set(line.quantity),
            amount: Set(line.amount),
        }
    })
}

fn payment_row(payment: &Payment, paid: &HashMap<Uuid, Paid<'_>>) -> Result<payment::ActiveModel, LoadError> {
    let invoice = paid.get(&payment.invoice_id).ok_or_else(|| unknown_invoice(payment))?;
    Ok(payment::ActiveModel {
        tenant_id: NotSet,
        id: Set(payment.id),
        invoice_id: Set(payment.invoice_id),
        amount: Set(payment.amount),
        currency: Set(invoice.currency.to_owned()),
        method: Set(payment.method.into()),
        paid_at: Set(moment(payment.paid_at)),
    })
}

/// An amount that clients can read.
fn readable(amount: i64) -> Option<i64> {
    MinorUnits::new(amount).map(MinorUnits::get)
}

fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}
