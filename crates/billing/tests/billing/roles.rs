//! Who may do what.

use auth::Role;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, books, id};
use crate::support::Billing;

on_both_databases! { who_sees_the_balance who_pays_invoices }

async fn who_sees_the_balance(billing: Billing) {
    let billing = billing.with(&books(acme(), 4)).await;
    let query = "query ($r: [_Any!]!) {
      _entities(representations: $r) { ... on Organization { balance { amount currency } account { id } } }
    }";
    let variables = json!({ "r": [{ "__typename": "Organization", "id": acme() }] });
    let account = json!({ "id": id(acme(), Kind::Account, 0) });
    for role in Role::ALL {
        let answer = billing.ask_as(acme(), &[role], query, variables.clone()).await;
        let may = matches!(role, Role::Owner | Role::Admin | Role::Support);
        let balance = if may {
            assert_eq!(answer.body.get("errors"), None, "{role}");
            json!({ "amount": 1_200, "currency": "EUR" })
        } else {
            assert_eq!(answer.error(), ("FORBIDDEN", None), "{role}");
            assert_eq!(answer.body["errors"][0]["path"], json!(["_entities", 0, "balance"]), "{role}");
            Value::Null
        };
        // What else was asked for is answered.
        let expected = json!([{ "balance": balance, "account": account }]);
        assert_eq!(answer.body["data"]["_entities"], expected, "{role}");
    }
    let both = billing.ask_as(acme(), &[Role::Viewer, Role::Admin], query, variables).await;
    assert_eq!(both.data()["_entities"][0]["balance"]["amount"], 1_200);
}

async fn who_pays_invoices(billing: Billing) {
    let billing = billing.with(&books(acme(), 1)).await;
    let query = "mutation ($id: ID!) {
      payInvoice(input: { invoiceId: $id, method: CARD, amount: { amount: 1, currency: \"EUR\" } }) { invoice { paid { amount } } }
    }";
    let mut paid = 400;
    for role in Role::ALL {
        // Whoever may not pay is not told whether there is such an invoice.
        for invoice in [id(acme(), Kind::Invoice, 0), id(acme(), Kind::Invoice, 99)] {
            let answer = billing.ask_as(acme(), &[role], query, json!({ "id": invoice })).await;
            let there = invoice == id(acme(), Kind::Invoice, 0);
            match (role, there) {
                (Role::Owner | Role::Admin, true) => {
                    paid += 1;
                    assert_eq!(answer.data()["payInvoice"]["invoice"]["paid"]["amount"], paid, "{role}");
                }
                (Role::Owner | Role::Admin, false) => {
                    assert_eq!(answer.error(), ("NOT_FOUND", None), "{role}");
                }
                _ => assert_eq!(answer.error(), ("FORBIDDEN", None), "{role}"),
            }
        }
    }
}
