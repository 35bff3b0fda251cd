//! Rows to start with.

use billing::seed::{self, Dataset, LoadError};
use serde_json::json;
use uuid::Uuid;

use crate::fixtures::{Kind, acme, books, globex, id};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: loads_each_tenant_once contradictions_are_refused }

async fn loads_each_tenant_once(billing: Billing) {
    let (mut data, of_globex) = (books(acme(), 4), books(globex(), 3));
    let mut told = Vec::new();
    seed::load(billing.service.database(), &data, &mut |done| told.push(done)).await.unwrap();
    // 4 accounts, 4 invoices, 4 payments, a fee.
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&13));

    // A tenant that is there stays as it is, one that is new comes in.
    let pay = "mutation ($id: ID!) {
      payInvoice(input: { invoiceId: $id, method: CARD, amount: { amount: 600, currency: \"EUR\" } }) { invoice { status } }
    }";
    billing.ask(acme(), pay, json!({ "id": id(acme(), Kind::Invoice, 0) })).await.data();
    data.accounts.extend(of_globex.accounts);
    data.fees.extend(of_globex.fees);
    data.invoices.extend(of_globex.invoices);
    data.payments.extend(of_globex.payments);
    for _ in 0..2 {
        let mut done = 0;
        seed::load(billing.service.database(), &data, &mut |records| done = records).await.unwrap();
        assert_eq!(done, 13 + 10);
    }
    for (tenant, status) in [(acme(), "PAID"), (globex(), "OPEN")] {
        let query = "query ($id: ID!) { invoice(id: $id) { status } }";
        let answer = billing.ask(tenant, query, json!({ "id": id(tenant, Kind::Invoice, 0) })).await;
        assert_eq!(answer.data()["invoice"]["status"], status);
    }
}

async fn contradictions_are_refused(billing: Billing) {
    type Contradict = fn(&mut Dataset);
    let cases: [(&str, Contradict); 12] = [
        ("a payment of no invoice", |data| data.payments[0].invoice_id = Uuid::nil()),
        ("amounts out of range", |data| {
            data.invoices[0].lines.iter_mut().for_each(|line| line.amount = i64::MAX);
        }),
        ("a total that clients cannot read is out of range", |data| {
            data.invoices[2].lines.iter_mut().for_each(|line| line.amount = 1 << 52);
        }),
        ("a line that clients cannot read is out of range", |data| {
            data.invoices[2].lines[0].amount = 1 << 53;
            data.invoices[2].lines[1].amount = -1;
        }),
        ("payments out of range", |data| {
            data.payments.iter_mut().for_each(|payment| payment.amount = i64::MAX);
        }),
        ("more paid than charged", |data| data.payments[0].amount = 1_001),
        ("a payment of nothing", |data| data.payments[0].amount = 0),
        ("paid, but not in full", |data| data.payments[1].amount = 1),
        ("not in the account's currency", |data| "USD".clone_into(&mut data.invoices[0].currency)),
        ("the same number twice", |data| data.invoices[1].number = data.invoices[0].number.clone()),
        ("two invoices for an order", |data| data.invoices[1].order_id = data.invoices[0].order_id),
        ("an order without its number", |data| data.invoices[0].order_number = None),
    ];
    for (case, contradict) in cases {
        let mut data = books(acme(), 3);
        contradict(&mut data);
        let outcome = seed::load(billing.service.database(), &data, &mut |_| ()).await;
        match outcome {
            Err(LoadError::UnknownInvoice { .. }) => assert_eq!(case, "a payment of no invoice"),
            Err(LoadError::OutOfRange(_)) => assert!(case.ends_with("out of range"), "{case}"),
            Err(LoadError::Database(_)) => {}
            Ok(()) => panic!("{case}: loaded"),
        }
    }
    // Nothing of them stayed.
    let mut done = 0;
    seed::load(billing.service.database(), &books(acme(), 3), &mut |records| done = records).await.unwrap();
    let query = "query ($id: ID!) { invoice(id: $id) { number } }";
    let answer = billing.ask(acme(), query, json!({ "id": id(acme(), Kind::Invoice, 2) })).await;
    assert_eq!(answer.data()["invoice"]["number"], "ACME-INV-0002");
}
