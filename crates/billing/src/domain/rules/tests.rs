use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::*;
use crate::domain::PaymentMethod;

fn invoice(status: InvoiceStatus, total: i64, paid: i64) -> Invoice {
    Invoice {
        id: Uuid::from_u128(1),
        number: "INV-1".to_owned(),
        status,
        account_id: Uuid::from_u128(2),
        order: None,
        currency: "EUR".parse().expect("a currency"),
        total,
        paid,
        issued_at: DateTime::<Utc>::UNIX_EPOCH,
        due_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

fn money(amount: i64, currency: &str) -> Money {
    Money {
        amount: MinorUnits::new(amount).expect("in range"),
        currency: currency.parse().expect("a currency"),
    }
}

fn payment(amount: i64, currency: &str) -> Payment {
    Payment {
        id: Uuid::from_u128(3),
        invoice_id: Uuid::from_u128(1),
        amount,
        currency: currency.parse().expect("a currency"),
        method: PaymentMethod::Card,
        paid_at: DateTime::<Utc>::UNIX_EPOCH,
    }
}

#[test]
fn a_payment_fits_or_says_why_not() {
    use InvoiceStatus::{Open, Paid, Void};
    let settled = |paid, status| Ok(Settlement { paid, status });
    let refused = |text: &str| Err(text.to_owned());
    let cases = [
        (invoice(Open, 1_000, 0), payment(1, "EUR"), settled(1, Open)),
        (invoice(Open, 1_000, 0), payment(999, "EUR"), settled(999, Open)),
        (invoice(Open, 1_000, 0), payment(1_000, "EUR"), settled(1_000, Paid)),
        (invoice(Open, 1_000, 400), payment(600, "EUR"), settled(1_000, Paid)),
        (
            invoice(Open, 1_000, 400),
            payment(601, "EUR"),
            refused("Only 600 of the smallest unit of EUR are open on the invoice"),
        ),
        (invoice(Open, 1_000, 0), payment(0, "EUR"), refused("A payment must be more than zero")),
        (invoice(Open, 1_000, 0), payment(-1, "EUR"), refused("A payment must be more than zero")),
        (invoice(Open, 1_000, 0), payment(1, "USD"), refused("The invoice is in EUR")),
        (invoice(Paid, 1_000, 1_000), payment(1, "EUR"), refused("The invoice is already paid in full")),
        (invoice(Void, 1_000, 0), payment(1, "EUR"), refused("The invoice is void")),
        (invoice(Open, i64::MIN, 1), payment(1, "EUR"), refused("an amount is out of range")),
    ];
    for (invoice, payment, expected) in cases {
        let outcome = settle(&invoice, &payment).map_err(|error| error.to_string());
        assert_eq!(outcome, expected, "{payment:?} on {invoice:?}");
    }
}

#[test]
fn the_invoice_that_counts_is_the_one_that_is_not_void() {
    let with = |id: u128, status, issued: i64| Invoice {
        id: Uuid::from_u128(id),
        issued_at: DateTime::from_timestamp(issued, 0).expect("in range"),
        ..invoice(status, 1_000, 0)
    };
    let cases = [
        (vec![], None),
        (vec![with(1, InvoiceStatus::Open, 5), with(2, InvoiceStatus::Void, 9)], Some(1)),
        (vec![with(1, InvoiceStatus::Void, 9), with(2, InvoiceStatus::Paid, 5)], Some(2)),
        (vec![with(1, InvoiceStatus::Void, 5), with(2, InvoiceStatus::Void, 9)], Some(2)),
    ];
    for (invoices, expected) in cases {
        assert_eq!(standing(invoices).map(|invoice| invoice.id), expected.map(Uuid::from_u128));
    }
}

#[test]
fn what_is_due_for_an_order() {
    use InvoiceStatus::{Open, Paid, Void};
    let total = money(1_000, "EUR");
    let cases = [
        (None, Ok(1_000)),
        (Some(invoice(Open, 1_000, 0)), Ok(1_000)),
        (Some(invoice(Open, 1_000, 300)), Ok(700)),
        (Some(invoice(Paid, 1_000, 1_000)), Ok(0)),
        (Some(invoice(Void, 1_000, 300)), Ok(1_000)),
        // The invoice charges a fee, or less than was ordered.
        (Some(invoice(Open, 1_490, 0)), Ok(1_490)),
        (Some(invoice(Open, 1_490, 1_000)), Ok(490)),
        (Some(invoice(Paid, 1_490, 1_490)), Ok(0)),
        (Some(invoice(Paid, 900, 900)), Ok(0)),
        (Some(invoice(Void, 1_490, 0)), Ok(1_000)),
        (Some(invoice(Open, i64::MIN, 1)), Err("an amount is out of range".to_owned())),
        (Some(invoice(Open, 1 << 53, 0)), Err("an amount is out of range".to_owned())),
    ];
    for (invoice, expected) in cases {
        let due = amount_due(total, invoice.as_ref());
        assert_eq!(
            due.map(|due| due.amount.get()).map_err(|error| error.to_string()),
            expected,
            "{invoice:?}"
        );
    }
    let other = amount_due(money(1_000, "USD"), Some(&invoice(Open, 1_000, 0)));
    assert_eq!(
        other.map_err(|error| error.to_string()),
        Err("an order in USD has an invoice in EUR".to_owned())
    );
}
