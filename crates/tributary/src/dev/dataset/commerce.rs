//! What was ordered, invoiced and paid.

use std::collections::HashMap;

use auth::UserId;
use billing::seed::{Account, Fee, Invoice, InvoiceLine, InvoiceStatus, Item, Party, Payment, PaymentMethod};
use chrono::TimeDelta;
use orders::seed::{Order, OrderLine, OrderStatus, Product};
use uuid::Uuid;

use super::random::Random;
use super::{Dataset, Tenant, beginning};

/// Orders that are too fresh to have an invoice.
const NOT_INVOICED_YET: usize = 2;

/// Lets the members order, invoices most orders, and pays most invoices.
pub(super) fn trade(
    tenant: &Tenant,
    members: &[UserId],
    products: &[Product],
    random: &mut Random,
    data: &mut Dataset,
) {
    let accounts = open_accounts(tenant, members, random, data);
    let handling = charge_handling(tenant, random, data);
    for number in 1..=tenant.orders {
        let Some(&buyer) = random.pick(members) else { return };
        let order = place(tenant, number, buyer, products, random);
        let invoiced = order.status != OrderStatus::Cancelled && number + NOT_INVOICED_YET <= tenant.orders;
        if let (true, Some(&account)) = (invoiced, accounts.get(&buyer)) {
            let lines = charge(&order, handling, products, random);
            settle(tenant, &order, account, lines, random, data);
        }
        data.orders.orders.push(order);
    }
}

/// One account for each member, and one for the organization itself.
fn open_accounts(
    tenant: &Tenant,
    members: &[UserId],
    random: &mut Random,
    data: &mut Dataset,
) -> HashMap<UserId, Uuid> {
    let mut open = |party, random: &mut Random| {
        let id = random.id(beginning());
        let currency = tenant.currency.to_owned();
        data.billing.accounts.push(Account {
            tenant: tenant.id,
            id,
            party,
            currency,
            opened_at: beginning(),
        });
        id
    };
    open(Party::Organization, random);
    members.iter().map(|&member| (member, open(Party::User(member), random))).collect()
}

fn charge_handling(tenant: &Tenant, random: &mut Random, data: &mut Dataset) -> Uuid {
    let id = random.id(beginning());
    let description = format!("Handling, {}", tenant.display_name);
    data.billing.fees.push(Fee { tenant: tenant.id, id, description, created_at: beginning() });
    id
}

fn place(tenant: &Tenant, number: usize, buyer: UserId, products: &[Product], random: &mut Random) -> Order {
    let placed_at =
        beginning() + TimeDelta::minutes(733 * i64::try_from(number).unwrap_or(0) + random.between(0, 600));
    let mut lines: Vec<OrderLine> = Vec::new();
    for _ in 0..random.between(1, 8) {
        let Some(product) = random.pick(products) else { break };
        if lines.iter().all(|line| line.product_id != product.id) {
            lines.push(OrderLine {
                id: random.id(placed_at),
                product_id: product.id,
                quantity: i32::try_from(random.between(1, 12)).unwrap_or(1),
                unit_price_amount: product.price_amount,
            });
        }
    }
    let status = match random.between(1, 10) {
        1 => OrderStatus::Cancelled,
        2 => OrderStatus::Placed,
        3 | 4 => OrderStatus::Confirmed,
        _ => OrderStatus::Shipped,
    };
    Order {
        tenant: tenant.id,
        id: random.id(placed_at),
        number: format!("A-{number:06}"),
        placed_by: buyer,
        status,
        placed_at,
        currency: tenant.currency.to_owned(),
        lines,
    }
}

/// What an invoice for the order charges: its products, and sometimes a fee.
fn charge(order: &Order, handling: Uuid, products: &[Product], random: &mut Random) -> Vec<InvoiceLine> {
    let mut lines: Vec<InvoiceLine> = Vec::new();
    for line in &order.lines {
        let Some(product) = products.iter().find(|product| product.id == line.product_id) else { continue };
        lines.push(InvoiceLine {
            id: random.id(order.placed_at),
            item: Item::Product { sku: product.sku.clone() },
            quantity: line.quantity,
            amount: i64::from(line.quantity) * line.unit_price_amount,
        });
    }
    if random.chance(30) {
        let id = random.id(order.placed_at);
        lines.push(InvoiceLine { id, item: Item::Fee(handling), quantity: 1, amount: 490 });
    }
    lines
}

/// Issues the invoice; most are paid at once, some in part, some not yet.
fn settle(
    tenant: &Tenant,
    order: &Order,
    account_id: Uuid,
    lines: Vec<InvoiceLine>,
    random: &mut Random,
    data: &mut Dataset,
) {
    let issued_at = order.placed_at + TimeDelta::hours(2);
    let total: i64 = lines.iter().map(|line| line.amount).sum();
    let paid = match random.between(1, 10) {
        1 | 2 => 0,
        3 => total / 2,
        _ => total,
    };
    let id = random.id(issued_at);
    data.billing.invoices.push(Invoice {
        tenant: tenant.id,
        id,
        number: order.number.replacen("A-", "I-", 1),
        status: if paid == total { InvoiceStatus::Paid } else { InvoiceStatus::Open },
        account_id,
        order_id: Some(order.id),
        order_number: Some(order.number.clone()),
        currency: tenant.currency.to_owned(),
        issued_at,
        due_at: issued_at + TimeDelta::days(30),
        lines,
    });
    if paid > 0 {
        let paid_at = issued_at + TimeDelta::hours(random.between(1, 600));
        let method = if random.chance(70) { PaymentMethod::Card } else { PaymentMethod::BankTransfer };
        let id_of_payment = random.id(paid_at);
        data.billing.payments.push(Payment {
            tenant: tenant.id,
            id: id_of_payment,
            invoice_id: id,
            amount: paid,
            method,
            paid_at,
        });
    }
}
