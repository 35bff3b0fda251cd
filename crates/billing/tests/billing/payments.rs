//! Paying an invoice.

use billing::seed::{Dataset, InvoiceStatus};
use serde_json::{Value, json};

use crate::fixtures::{Kind, account, acme, books, id, invoice};
use crate::support::Billing;

test_kit::on_both_databases! {
    Billing:
    in_two_parts
    more_than_one_in_a_request
    inputs_that_are_refused
    racing_payments_never_overpay
    racing_for_all_of_it
}

const PAY: &str = "mutation ($input: PayInvoiceInput!) {
  payInvoice(input: $input) {
    payment { amount { amount currency } method paidAt invoice { id } }
    invoice { status paid { amount } payments { nodes { amount { amount } method } } account { balance { amount } } }
  }
}";

const STATE: &str = "query ($id: ID!) {
  invoice(id: $id) { status paid { amount } payments { nodes { amount { amount } } } account { balance { amount } } }
}";

fn input(amount: i64) -> Value {
    json!({
        "invoiceId": id(acme(), Kind::Invoice, 0),
        "amount": { "amount": amount, "currency": "EUR" },
        "method": "BANK_TRANSFER",
    })
}

/// One open invoice of 7.00 on which nothing is paid.
fn unpaid() -> Dataset {
    let mut data = Dataset { accounts: vec![account(acme(), 0)], ..Dataset::default() };
    data.invoices.push(invoice(acme(), 0, 0, None));
    data
}

async fn state(billing: &Billing) -> Value {
    let answer = billing.ask(acme(), STATE, json!({ "id": id(acme(), Kind::Invoice, 0) })).await;
    answer.data()["invoice"].clone()
}

async fn in_two_parts(billing: Billing) {
    let billing = billing.with(&unpaid()).await;
    let first = billing.ask(acme(), PAY, json!({ "input": input(350) })).await;
    let second = billing.ask(acme(), PAY, json!({ "input": input(350) })).await;
    insta::assert_snapshot!("in_two_parts", format!("{}\n{}", first.text(), second.text()));
    let paid = json!({
        "status": "PAID",
        "paid": { "amount": 700 },
        "payments": { "nodes": [{ "amount": { "amount": 350 } }, { "amount": { "amount": 350 } }] },
        "account": { "balance": { "amount": 0 } },
    });
    assert_eq!(state(&billing).await, paid);
}

/// What the first payment's fields have loaded must not answer for the second's.
async fn more_than_one_in_a_request(billing: Billing) {
    let billing = billing.with(&unpaid()).await;
    let query = "mutation ($first: PayInvoiceInput!, $second: PayInvoiceInput!) {
      first: payInvoice(input: $first) { ...After }
      second: payInvoice(input: $second) { ...After }
      refused: payInvoice(input: $second) { ...After }
    }
    fragment After on PayInvoicePayload {
      payment {
        invoice {
          status paid { amount } payments { nodes { amount { amount } } } order { invoice { paid { amount } } }
          account { balance { amount } invoices { nodes { paid { amount } } } party { ... on Organization { balance { amount } invoices { nodes { paid { amount } } } } } }
        }
      }
    }";
    let variables = json!({ "first": input(350), "second": input(350) });
    let answer = billing.ask(acme(), query, variables).await;
    let after = |status: &str, payments: &[i64]| {
        let paid: i64 = payments.iter().sum();
        let list = json!({ "nodes": [{ "paid": { "amount": paid } }] });
        let balance = json!({ "amount": 700 - paid });
        json!({ "payment": { "invoice": {
            "status": status,
            "paid": { "amount": paid },
            "payments": { "nodes": payments.iter().map(|amount| json!({ "amount": { "amount": amount } })).collect::<Vec<_>>() },
            "order": { "invoice": { "paid": { "amount": paid } } },
            "account": { "balance": balance, "invoices": list, "party": { "balance": balance, "invoices": list } },
        } } })
    };
    // One that is refused takes nothing from those that were not.
    let expected =
        json!({ "first": after("OPEN", &[350]), "second": after("PAID", &[350, 350]), "refused": null });
    assert_eq!(answer.body["data"], expected);
    assert_eq!(answer.error(), ("CONFLICT", None));
    assert_eq!(answer.body["errors"][0]["path"], json!(["refused"]));
}

async fn inputs_that_are_refused(billing: Billing) {
    // 0 is open with 6.00 to pay, 1 is paid, 2 is void.
    let billing = billing.with(&books(acme(), 3)).await;
    let before = state(&billing).await;
    let with = |change: Value| {
        let mut input = input(600);
        for (key, value) in change.as_object().unwrap() {
            input[key] = value.clone();
        }
        input
    };
    let amount = |amount: Value| with(json!({ "amount": { "amount": amount, "currency": "EUR" } }));
    let currency = |currency: Value| with(json!({ "amount": { "amount": 600, "currency": currency } }));
    let invoice = |number| with(json!({ "invoiceId": id(acme(), Kind::Invoice, number) }));
    let bad_amount = ("BAD_USER_INPUT", Some("input.amount.amount"));
    let cases = [
        (amount(json!(0)), bad_amount),
        (amount(json!(-1)), bad_amount),
        (amount(json!(-9_007_199_254_740_991_i64)), bad_amount),
        (amount(json!(601)), ("CONFLICT", None)),
        (amount(json!(9_007_199_254_740_991_i64)), ("CONFLICT", None)),
        (amount(json!(9_007_199_254_740_992_i64)), ("BAD_USER_INPUT", None)),
        (amount(json!(i64::MAX)), ("BAD_USER_INPUT", None)),
        (amount(json!(1.5)), ("BAD_USER_INPUT", None)),
        (amount(json!("600")), ("BAD_USER_INPUT", None)),
        (currency(json!("USD")), ("BAD_USER_INPUT", Some("input.amount.currency"))),
        (currency(json!("eur")), ("BAD_USER_INPUT", None)),
        (currency(json!("")), ("BAD_USER_INPUT", None)),
        (with(json!({ "invoiceId": "nonsense" })), ("BAD_USER_INPUT", Some("input.invoiceId"))),
        (with(json!({ "invoiceId": "" })), ("BAD_USER_INPUT", Some("input.invoiceId"))),
        (with(json!({ "method": "CASH" })), ("BAD_USER_INPUT", None)),
        (invoice(99), ("NOT_FOUND", None)),
        (invoice(1), ("CONFLICT", None)),
        (invoice(2), ("CONFLICT", None)),
    ];
    for (input, expected) in cases {
        let answer = billing.ask(acme(), PAY, json!({ "input": input })).await;
        assert_eq!(answer.error(), expected, "{input}: {}", answer.text());
    }
    assert_eq!(state(&billing).await, before);
}

/// Pays this amount 32 times at once; how many went through.
async fn race(billing: &Billing, amount: i64) -> usize {
    let payments = (0..32).map(|_| billing.ask(acme(), PAY, json!({ "input": input(amount) })));
    let answers = futures::future::join_all(payments).await;
    for answer in &answers {
        if answer.body.get("errors").is_some() {
            assert_eq!(answer.error(), ("CONFLICT", None), "{}", answer.text());
        }
    }
    answers.iter().filter(|answer| answer.body.get("errors").is_none()).count()
}

async fn racing_payments_never_overpay(billing: Billing) {
    // 7.00: 15 times 0.45 is 6.75.
    let billing = billing.with(&unpaid()).await;
    assert_eq!(race(&billing, 45).await, 15);
    let state = state(&billing).await;
    assert_eq!(state["status"], "OPEN");
    assert_eq!(state["paid"]["amount"], 675);
    assert_eq!(state["payments"]["nodes"].as_array().unwrap().len(), 15);
    assert_eq!(state["account"]["balance"]["amount"], 25);
}

async fn racing_for_all_of_it(billing: Billing) {
    let billing = billing.with(&unpaid()).await;
    assert_eq!(race(&billing, 700).await, 1);
    let state = state(&billing).await;
    assert_eq!(state["status"], "PAID");
    assert_eq!(state["payments"]["nodes"], json!([{ "amount": { "amount": 700 } }]));
    assert_eq!(unpaid().invoices[0].status, InvoiceStatus::Open);
}
