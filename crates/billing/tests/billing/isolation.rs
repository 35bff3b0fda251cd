//! What is another tenant's is not there.

use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, books, globex, id};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: keys_of_another_tenant lists_hold_the_tenants_own an_invoice_of_another_tenant }

/// Both tenants with the same numbers of rows.
async fn two_tenants(billing: Billing) -> Billing {
    billing.with(&books(acme(), 6)).await.with(&books(globex(), 6)).await
}

/// Fails when anything of globex is in the answer, apart from the ids that the question had.
fn assert_nothing_of_globex(answer: &str, asked: &[String]) {
    let mut answer = answer.to_lowercase();
    for id in asked {
        answer = answer.replace(id, "asked");
    }
    // All its texts start with its name, all its ids with its number.
    assert!(!answer.contains("globex"), "{answer}");
    assert!(!answer.contains(&globex().to_string()[..8]), "{answer}");
}

async fn keys_of_another_tenant(billing: Billing) {
    let billing = two_tenants(billing).await;
    let selection = "__typename
        ... on Invoice { number lines { item { ... on Fee { description } } } payments { nodes { id } } account { id } billedTo { id } }
        ... on Payment { amount { amount } invoice { number } reference { id } }
        ... on Fee { description }
        ... on CustomerAccount { balance { amount } party { id } invoices { nodes { number } } }
        ... on Order { invoice { number } amountDue { amount } }
        ... on User { account { id } }
        ... on Organization { balance { amount } account { id } invoices { nodes { number } } }";
    let kinds = [
        ("Invoice", Kind::Invoice),
        ("Payment", Kind::Payment),
        ("Fee", Kind::Fee),
        ("CustomerAccount", Kind::Account),
        ("Order", Kind::Order),
        ("User", Kind::User),
    ];
    let mut representations = vec![json!({ "__typename": "Organization", "id": globex() })];
    for (kind, of) in kinds {
        for number in 0..6 {
            let total = json!({ "amount": 1_000, "currency": "EUR" });
            representations
                .push(json!({ "__typename": kind, "id": id(globex(), of, number), "total": total }));
        }
    }
    let own = billing.entities(globex(), selection, representations.clone()).await;
    assert!(own.text().contains("GLOBEX-INV-0001"), "the question is a good one: {}", own.text());

    let answer = billing.entities(acme(), selection, representations.clone()).await;
    assert_nothing_of_globex(&answer.text(), &[]);
    for (representation, entity) in representations.iter().zip(answer.data()["_entities"].as_array().unwrap())
    {
        let expected = match representation["__typename"].as_str().unwrap() {
            // Nothing is known of them but what came with the question.
            "Order" => json!({ "__typename": "Order", "invoice": null, "amountDue": { "amount": 1_000 } }),
            "User" => json!({ "__typename": "User", "account": null }),
            _ => Value::Null,
        };
        assert_eq!(*entity, expected, "{representation}");
    }
}

async fn lists_hold_the_tenants_own(billing: Billing) {
    let billing = two_tenants(billing).await;
    let selection = "... on Organization {
      id balance { amount }
      account { id invoices { nodes { id } } }
      invoices {
        nodes {
          id number order { id number invoice { id } } billedTo { id } account { id balance { amount } }
          lines { id item { ... on Product { organizationId sku } ... on Fee { id description } } }
          payments { nodes { id } }
        }
      }
    }";
    for own in [acme(), globex()] {
        let organization = json!({ "__typename": "Organization", "id": own });
        let answer = billing.entities(own, selection, vec![organization]).await;
        let organization = &answer.data()["_entities"][0];
        assert_eq!(organization["invoices"]["nodes"].as_array().unwrap().len(), 6);
        // Two open invoices with 6.00 open each.
        assert_eq!(organization["balance"]["amount"], 1_200);
        if own == acme() {
            assert_nothing_of_globex(&answer.text(), &[]);
        }
    }
}

async fn an_invoice_of_another_tenant(billing: Billing) {
    let billing = two_tenants(billing).await;
    let foreign = id(globex(), Kind::Invoice, 0);
    let read = "query ($id: ID!) { invoice(id: $id) { id number } }";
    let answer = billing.ask(acme(), read, json!({ "id": foreign })).await;
    assert_eq!(answer.data()["invoice"], Value::Null);

    let pay = "mutation ($id: ID!) {
      payInvoice(input: { invoiceId: $id, method: CARD, amount: { amount: 1, currency: \"EUR\" } }) { payment { id } }
    }";
    let answer = billing.ask(acme(), pay, json!({ "id": foreign })).await;
    assert_eq!(answer.error(), ("NOT_FOUND", None));
    assert_nothing_of_globex(&answer.text(), &[foreign.to_string()]);

    let untouched = "query ($id: ID!) { invoice(id: $id) { paid { amount } payments { nodes { id } } } }";
    let answer = billing.ask(globex(), untouched, json!({ "id": foreign })).await;
    let payment = json!({ "id": id(globex(), Kind::Payment, 0) });
    assert_eq!(
        answer.data()["invoice"],
        json!({ "paid": { "amount": 400 }, "payments": { "nodes": [payment] } })
    );
}
