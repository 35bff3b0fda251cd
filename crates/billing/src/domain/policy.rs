//! The rules, as pure functions.

use std::cmp::Reverse;

use auth::{Caller, Role};
use subgraph_kit::money::{Currency, MinorUnits, Money};

use super::error::Error;
use super::model::{Invoice, InvoiceStatus, Party, Payment};

/// Who may see all accounts with their invoices and payments, and what the organization is owed. Everybody else sees
/// their own account, whatever way leads to it.
const SEES_ALL_ACCOUNTS: [Role; 3] = [Role::Owner, Role::Admin, Role::Support];

/// Who may pay its invoices.
const PAYS_INVOICES: [Role; 2] = [Role::Owner, Role::Admin];

/// What a payment makes of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// Paid so far, this payment included, in minor units.
    pub(crate) paid: i64,
    /// The status from now on.
    pub(crate) status: InvoiceStatus,
}

/// Whether the Caller may see what is on all accounts together.
pub(super) fn may_see_all_accounts(caller: &Caller) -> Result<(), Error> {
    if caller.has_any_role(&SEES_ALL_ACCOUNTS) {
        Ok(())
    } else {
        Err(Error::NotPermitted("Only an owner, an admin or support may see more than their own account"))
    }
}

/// Whether the Caller may see the account of this party, and with it its invoices, its payments, and what is due.
pub(super) fn may_see_account_of(caller: &Caller, party: Party) -> Result<(), Error> {
    if party == Party::User(caller.subject) { Ok(()) } else { may_see_all_accounts(caller) }
}

/// Whether the Caller may pay invoices.
pub(super) fn may_pay_invoices(caller: &Caller) -> Result<(), Error> {
    if caller.has_any_role(&PAYS_INVOICES) {
        Ok(())
    } else {
        Err(Error::NotPermitted("Only an owner or an admin may pay an invoice"))
    }
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
