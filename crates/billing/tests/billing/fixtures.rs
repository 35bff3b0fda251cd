//! Rows for tests. Ids are made of tenant, kind and number, so that a test can name what it means.

use auth::{TenantId, UserId};
use billing::seed::{
    Account, Dataset, Fee, Invoice, InvoiceLine, InvoiceStatus, Item, Party, Payment, PaymentMethod,
};
use chrono::{DateTime, TimeDelta, TimeZone as _, Utc};
use uuid::Uuid;

/// When the tests take place.
pub(crate) fn beginning() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 1, 9, 0, 0).unwrap()
}

pub(crate) fn acme() -> TenantId {
    tenant(0xac)
}

pub(crate) fn globex() -> TenantId {
    tenant(0x61)
}

pub(crate) fn tenant(number: u8) -> TenantId {
    TenantId::from(Uuid::from_u128(u128::from(number) << 120 | 1))
}

/// What an id names.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    User = 2,
    Order,
    Account,
    Fee,
    Invoice,
    Line,
    Payment,
}

pub(crate) fn id(tenant: TenantId, kind: Kind, number: usize) -> Uuid {
    Uuid::from_u128(tenant.as_uuid().as_u128() ^ 1 | (kind as u128) << 64 | number as u128)
}

/// An account of the organization (number 0) and accounts of users (from 1).
pub(crate) fn account(tenant: TenantId, number: usize) -> Account {
    let party = match number {
        0 => Party::Organization,
        _ => Party::User(UserId::from(id(tenant, Kind::User, number))),
    };
    Account {
        tenant,
        id: id(tenant, Kind::Account, number),
        party,
        currency: "EUR".to_owned(),
        opened_at: beginning(),
    }
}

/// An open invoice for order `number`: a product for 7.00 and, where `fee` is given, a fee for 3.00. Three at a time
/// are issued in the same minute.
pub(crate) fn invoice(tenant: TenantId, number: usize, account: usize, fee: Option<Uuid>) -> Invoice {
    let product = Item::Product { sku: format!("{}-SKU-{}", short(tenant), number % 5) };
    let items = [Some((product, 700)), fee.map(|fee| (Item::Fee(fee), 300))];
    let lines = items.into_iter().flatten().enumerate().map(|(line, (item, amount))| InvoiceLine {
        // Not in the order of the lines.
        id: id(tenant, Kind::Line, number * 2 + (1 - line)),
        item,
        quantity: 2,
        amount,
    });
    let issued_at = beginning() + TimeDelta::minutes(i64::try_from(number / 3).unwrap());
    Invoice {
        tenant,
        id: id(tenant, Kind::Invoice, number),
        number: format!("{}-INV-{number:04}", short(tenant)),
        status: InvoiceStatus::Open,
        account_id: id(tenant, Kind::Account, account),
        order_id: Some(id(tenant, Kind::Order, number)),
        order_number: Some(format!("{}-ORD-{number:04}", short(tenant))),
        currency: "EUR".to_owned(),
        issued_at,
        due_at: issued_at + TimeDelta::days(14),
        lines: lines.collect(),
    }
}

pub(crate) fn payment(invoice: &Invoice, number: usize, amount: i64) -> Payment {
    Payment {
        tenant: invoice.tenant,
        id: id(invoice.tenant, Kind::Payment, number),
        invoice_id: invoice.id,
        amount,
        method: if number.is_multiple_of(2) { PaymentMethod::Card } else { PaymentMethod::BankTransfer },
        paid_at: invoice.issued_at + TimeDelta::hours(1),
    }
}

/// A tenant with this many invoices: a third open with a part paid, a third paid, a third void; each user has one
/// invoice, and so has the organization.
pub(crate) fn books(tenant: TenantId, invoices: usize) -> Dataset {
    let fee = Fee {
        tenant,
        id: id(tenant, Kind::Fee, 0),
        description: format!("{} handling", short(tenant)),
        created_at: beginning(),
    };
    let mut data = Dataset { fees: vec![fee.clone()], ..Dataset::default() };
    for number in 0..invoices {
        data.accounts.push(account(tenant, number));
        let mut invoice = invoice(tenant, number, number, Some(fee.id));
        match number % 3 {
            0 => data.payments.push(payment(&invoice, number * 2, 400)),
            1 => {
                data.payments.push(payment(&invoice, number * 2, 400));
                data.payments.push(payment(&invoice, number * 2 + 1, 600));
                invoice.status = InvoiceStatus::Paid;
            }
            _ => invoice.status = InvoiceStatus::Void,
        }
        data.invoices.push(invoice);
    }
    data
}

/// How a tenant's texts begin.
pub(crate) fn short(tenant: TenantId) -> &'static str {
    match tenant.as_uuid().as_bytes()[0] {
        0xac => "ACME",
        0x61 => "GLOBEX",
        _ => "OTHER",
    }
}
