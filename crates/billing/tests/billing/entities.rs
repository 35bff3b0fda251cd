//! What other subgraphs' keys lead to.

use serde_json::{Value, json};

use billing::seed::InvoiceStatus;

use crate::fixtures::{Kind, account, acme, books, id, invoice, payment};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: every_kind_by_its_key keys_of_nobody amount_due invoice_of_an_order }

async fn every_kind_by_its_key(billing: Billing) {
    let billing = billing.with(&books(acme(), 3)).await;
    let selection = "__typename
        ... on Invoice { number }
        ... on Payment { amount { amount } }
        ... on Fee { description }
        ... on CustomerAccount { balance { amount } }
        ... on Order { invoice { number } }
        ... on User { account { balance { amount } } }
        ... on Organization { balance { amount } account { id } invoices(status: PAID) { nodes { number } } }";
    let key = |kind: &str, of, number| json!({ "__typename": kind, "id": id(acme(), of, number) });
    let representations = vec![
        key("Invoice", Kind::Invoice, 0),
        key("Payment", Kind::Payment, 0),
        key("Fee", Kind::Fee, 0),
        key("CustomerAccount", Kind::Account, 0),
        key("Order", Kind::Order, 1),
        key("User", Kind::User, 1),
        json!({ "__typename": "Organization", "id": acme() }),
        // Twice, and in any order.
        key("Invoice", Kind::Invoice, 0),
    ];
    let answer = billing.entities(acme(), selection, representations).await;
    insta::assert_snapshot!("every_kind_by_its_key", answer.text());
}

async fn keys_of_nobody(billing: Billing) {
    let billing = billing.with(&books(acme(), 1)).await;
    for kind in ["Invoice", "Payment", "Fee", "CustomerAccount", "Organization", "Order", "User"] {
        let mut keys = vec![json!("nonsense"), json!("")];
        // Of orders and users this subgraph does not know which there are.
        if !matches!(kind, "Order" | "User") {
            keys.push(json!(id(acme(), Kind::Line, 77)));
        }
        for key in keys {
            let representation = json!({ "__typename": kind, "id": key });
            let answer = billing.entities(acme(), "__typename", vec![representation]).await;
            assert_eq!(answer.data()["_entities"], json!([null]), "{kind} {key}");
        }
    }
    let selection = "... on Order { invoice { id } } ... on User { account { id } }";
    let order = json!({ "__typename": "Order", "id": id(acme(), Kind::Order, 77) });
    let user = json!({ "__typename": "User", "id": id(acme(), Kind::User, 77) });
    let answer = billing.entities(acme(), selection, vec![order, user]).await;
    assert_eq!(answer.data()["_entities"], json!([{ "invoice": null }, { "account": null }]));
}

async fn amount_due(billing: Billing) {
    // Each order is of 7.00, its invoice of 10.00. Order 0: 4.00 paid; 1: all; 2: void; 77: no invoice.
    let billing = billing.with(&books(acme(), 3)).await;
    let euros = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    let cases = [(0, 600), (1, 0), (2, 700), (77, 700)];
    let order = |number, total| {
        let mut order = json!({ "__typename": "Order", "id": id(acme(), Kind::Order, number) });
        order["total"] = total;
        order
    };
    let representations = cases.iter().map(|(number, _)| order(*number, euros(700))).collect();
    let selection = "... on Order { amountDue { amount currency } }";
    let answer = billing.entities(acme(), selection, representations).await;
    let expected: Vec<Value> = cases.iter().map(|(_, due)| json!({ "amountDue": euros(*due) })).collect();
    assert_eq!(answer.data()["_entities"], json!(expected));

    // Nobody asks for what is due, so nobody sends the total.
    let key = json!({ "__typename": "Order", "id": id(acme(), Kind::Order, 0) });
    let answer = billing.entities(acme(), "... on Order { invoice { number } }", vec![key.clone()]).await;
    assert_eq!(answer.data()["_entities"], json!([{ "invoice": { "number": "ACME-INV-0000" } }]));

    // Without a total there is no answer, but the rest is answered.
    let selection = "... on Order { amountDue { amount } invoice { number } }";
    for total in [json!(null), json!({ "amount": 1_000, "currency": "USD" })] {
        let answer = billing.entities(acme(), selection, vec![order(0, total)]).await;
        let expected = json!([{ "amountDue": null, "invoice": { "number": "ACME-INV-0000" } }]);
        assert_eq!(answer.body["data"]["_entities"], expected);
        assert_eq!(answer.body["errors"][0]["path"], json!(["_entities", 0, "amountDue"]));
        assert_eq!(answer.error(), ("BAD_USER_INPUT", Some("representations")));
    }
    let answer = billing.entities(acme(), selection, vec![order(0, json!("10.00"))]).await;
    assert_eq!(answer.body["data"]["_entities"], json!([null]));
    assert_eq!(answer.error().0, "BAD_USER_INPUT");
}

async fn invoice_of_an_order(billing: Billing) {
    let mut data = books(acme(), 0);
    data.accounts.push(account(acme(), 0));
    // Order 0: withdrawn, then made anew. Order 1: withdrawn twice.
    for (number, order, status) in [
        (0, 0, InvoiceStatus::Void),
        (1, 0, InvoiceStatus::Open),
        (2, 1, InvoiceStatus::Void),
        (3, 1, InvoiceStatus::Void),
    ] {
        let mut invoice = invoice(acme(), number, 0, None);
        invoice.order_id = Some(id(acme(), Kind::Order, order));
        invoice.status = status;
        data.invoices.push(invoice);
    }
    data.payments.push(payment(&data.invoices[0], 0, 100));
    data.payments.push(payment(&data.invoices[1], 1, 300));
    let billing = billing.with(&data).await;
    let order = |number| {
        let total = json!({ "amount": 700, "currency": "EUR" });
        json!({ "__typename": "Order", "id": id(acme(), Kind::Order, number), "total": total })
    };
    let selection = "... on Order { invoice { number } amountDue { amount } }";
    let answer = billing.entities(acme(), selection, vec![order(0), order(1)]).await;
    let expected = json!([
        { "invoice": { "number": "ACME-INV-0001" }, "amountDue": { "amount": 400 } },
        { "invoice": { "number": "ACME-INV-0003" }, "amountDue": { "amount": 700 } },
    ]);
    assert_eq!(answer.data()["_entities"], expected);
}
