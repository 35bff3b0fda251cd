//! The number of statements does not grow with the number of rows.

use auth::TenantId;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, books, globex, id};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: as_many_for_5_rows_as_for_500 }

/// What is asked of many entities at once, and how many statements that may take.
const QUESTIONS: &[(&str, Kind, &str, u64)] = &[
    ("Order", Kind::Order, "invoice { number } amountDue { amount }", 1),
    (
        "Invoice",
        Kind::Invoice,
        "number
         account { balance { amount } invoices(first: 3) { nodes { number } } party { id } }
         billedTo { ... on User { account { id } } ... on Organization { balance { amount } account { id } } }
         order { number invoice { id } }
         lines { item { ... on Fee { description } ... on Product { sku } } }
         payments { nodes { amount { amount } invoice { status } reference { __typename id } } }",
        // Invoices by id, by order and by account, accounts by id and by party, balances, lines, fees, payments; the
        // organization's balance is its account and the sum.
        11,
    ),
    ("User", Kind::User, "account { balance { amount } invoices(first: 2) { nodes { lines { id } } } }", 4),
    ("CustomerAccount", Kind::Account, "balance { amount } invoices(last: 2) { nodes { number } }", 3),
    ("Payment", Kind::Payment, "amount { amount } invoice { number }", 2),
    ("Fee", Kind::Fee, "description", 1),
];

async fn ask(
    billing: &Billing,
    tenant: TenantId,
    rows: usize,
    kind: &str,
    of: Kind,
    fields: &str,
) -> (Value, u64) {
    let representation = |number| {
        let total = json!({ "amount": 1_000, "currency": "EUR" });
        json!({ "__typename": kind, "id": id(tenant, of, number), "total": total })
    };
    let representations = (0..rows).map(representation).collect();
    let answer = billing.entities(tenant, &format!("... on {kind} {{ {fields} }}"), representations).await;
    (answer.data()["_entities"].clone(), answer.statements)
}

async fn as_many_for_5_rows_as_for_500(billing: Billing) {
    let billing = billing.with(&books(acme(), 5)).await.with(&books(globex(), 500)).await;
    for (kind, of, fields, expected) in QUESTIONS {
        let (few, statements) = ask(&billing, acme(), 5, kind, *of, fields).await;
        let (many, statements_of_many) = ask(&billing, globex(), 500, kind, *of, fields).await;
        assert_eq!(few.as_array().map(Vec::len), Some(5));
        assert_eq!(many.as_array().map(Vec::len), Some(500));
        assert_eq!((statements, statements_of_many), (*expected, *expected), "{kind}");
    }
    let selection = "... on Organization { balance { amount } invoices(first: 100) { nodes { number lines { id } payments(first: 2) { nodes { id } } account { balance { amount } } } } }";
    let mut statements = Vec::new();
    for tenant in [acme(), globex()] {
        let organization = json!({ "__typename": "Organization", "id": tenant });
        let answer = billing.entities(tenant, selection, vec![organization]).await;
        answer.data();
        statements.push(answer.statements);
    }
    assert_eq!(statements, [7, 7]);
}
