//! What is so whoever asks, as pure functions.

use std::cmp::Reverse;

use subgraph_kit::money::{Currency, MinorUnits, Money};

use super::error::Error;
use super::model::{Invoice, InvoiceStatus, Payment};

/// What a payment makes of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// Paid so far, this payment included, in minor units.
    pub(crate) paid: i64,
    /// The status from now on.
    pub(crate) status: InvoiceStatus,
}

/// Whether an invoice takes a payment, and what becomes of it.
pub(super) fn settle(invoice: &Invoice, payment: &Payment) -> Result<Settlement, Error> {
    if payment.amount <= 0 {
        return Err(Error::NotPositive);
    }
    if payment.currency != invoice.currency {
        return Err(Error::OtherCurrency(invoice.currency));
    }
    if invoice.status != InvoiceStatus::Open {
        return Err(Error::NotOpen(invoice.status));
    }
    let open = invoice.total.checked_sub(invoice.paid).ok_or(Error::OutOfRange)?;
    if payment.amount > open {
        return Err(Error::MoreThanOpen { open, currency: invoice.currency });
    }
    let paid = invoice.paid.checked_add(payment.amount).ok_or(Error::OutOfRange)?;
    let status = if paid == invoice.total { InvoiceStatus::Paid } else { InvoiceStatus::Open };
    Ok(Settlement { paid, status })
}

/// Which of an order's invoices counts: the one that is not void, else the newest.
pub(crate) fn standing(invoices: impl IntoIterator<Item = Invoice>) -> Option<Invoice> {
    invoices.into_iter().min_by_key(|invoice| {
        (invoice.status == InvoiceStatus::Void, Reverse(invoice.issued_at), Reverse(invoice.id))
    })
}

/// What is still to be paid for an order: what is open on the invoice that counts, which charges fees too. Without one,
/// or where it is void, that is the order's total.
pub(super) fn amount_due(total: Money, invoice: Option<&Invoice>) -> Result<Money, Error> {
    let Some(invoice) = invoice.filter(|invoice| invoice.status != InvoiceStatus::Void) else {
        return Ok(total);
    };
    if invoice.currency != total.currency {
        return Err(Error::OrderCurrency { order: total.currency, invoice: invoice.currency });
    }
    let due = invoice.total.checked_sub(invoice.paid).ok_or(Error::OutOfRange)?;
    money(due, invoice.currency)
}

/// An amount as clients read it, which is less wide than what is counted with.
pub(crate) fn money(amount: i64, currency: Currency) -> Result<Money, Error> {
    let amount = MinorUnits::new(amount).ok_or(Error::OutOfRange)?;
    Ok(Money { amount, currency })
}

#[cfg(test)]
mod tests;
