//! Who may do what.

use auth::Role;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, books, id};
use crate::support::{Billing, CALLER};

test_kit::on_both_databases! {
    Billing:
    who_sees_whose_account
    what_is_due_without_an_invoice
    several_roles_are_as_good_as_the_best
    who_pays_invoices
}

const ALL_WAYS: &str = "query ($r: [_Any!]!, $id: ID!) {
  invoice(id: $id) { number }
  _entities(representations: $r) {
    ... on CustomerAccount { balance { amount } }
    ... on Invoice { paid { amount } }
    ... on Payment { amount { amount } reference { number } }
    ... on Order { invoice { number } amountDue { amount } }
    ... on User { account { id } }
    ... on Organization { account { id } balance { amount } invoices { nodes { number } } }
  }
}";

/// Everybody sees their own account; owners, admins and support see all. No way leads round it.
async fn who_sees_whose_account(billing: Billing) {
    const ORGANIZATION: usize = 0;
    let billing = billing.with(&books(acme(), 6)).await;
    for role in Role::ALL {
        for account in [ORGANIZATION, CALLER, 3] {
            let sees_all = matches!(role, Role::Owner | Role::Admin | Role::Support);
            let may = sees_all || account == CALLER;
            let key = |kind: &str, of, number| json!({ "__typename": kind, "id": id(acme(), of, number) });
            let party = match account {
                ORGANIZATION => json!({ "__typename": "Organization", "id": acme() }),
                _ => key("User", Kind::User, account),
            };
            let mut order = key("Order", Kind::Order, account);
            order["total"] = json!({ "amount": 700, "currency": "EUR" });
            let representations = json!([
                key("CustomerAccount", Kind::Account, account),
                key("Invoice", Kind::Invoice, account),
                key("Payment", Kind::Payment, account * 2),
                order,
                party,
            ]);
            let variables = json!({ "r": representations, "id": id(acme(), Kind::Invoice, account) });
            let answer = billing.ask_as(acme(), &[role], ALL_WAYS, variables).await;
            let (data, case) = (&answer.body["data"], format!("{role} sees {account}: {}", answer.text()));

            // What is looked up by its key is there, or not.
            assert_eq!(data["invoice"].is_object(), may, "{case}");
            for place in 0..3 {
                assert_eq!(data["_entities"][place].is_object(), may, "{case}");
            }
            // A field of what can be seen says why it is empty, and costs nothing else.
            let mut fields = vec![(3, "invoice", may), (3, "amountDue", may), (4, "account", may)];
            if account == ORGANIZATION {
                fields.extend([(4, "balance", sees_all), (4, "invoices", sees_all)]);
            }
            let mut expected: Vec<Value> = Vec::new();
            for (place, field, there) in fields {
                assert_eq!(data["_entities"][place][field].is_object(), there, "{field} {case}");
                if !there {
                    expected.push(json!(["_entities", place, field]));
                }
            }
            let errors = answer.body["errors"].as_array().cloned().unwrap_or_default();
            assert!(errors.iter().all(|error| error["extensions"]["code"] == "FORBIDDEN"), "{case}");
            let mut refused: Vec<Value> = errors.iter().map(|error| error["path"].clone()).collect();
            refused.sort_by_key(Value::to_string);
            expected.sort_by_key(Value::to_string);
            assert_eq!(refused, expected, "{case}");
        }
    }
}

/// Of an order without an invoice nothing is on anybody's account: what is due is what everybody sees of the order.
async fn what_is_due_without_an_invoice(billing: Billing) {
    let billing = billing.with(&books(acme(), 1)).await;
    let total = json!({ "amount": 700, "currency": "EUR" });
    let order = json!({ "__typename": "Order", "id": id(acme(), Kind::Order, 77), "total": total });
    for role in Role::ALL {
        let answer = billing.ask_as(acme(), &[role], ALL_WAYS, json!({ "r": [order], "id": "" })).await;
        let expected = json!({ "invoice": null, "amountDue": { "amount": 700 } });
        assert_eq!(answer.data()["_entities"], json!([expected]), "{role}");
    }
}

async fn several_roles_are_as_good_as_the_best(billing: Billing) {
    let billing = billing.with(&books(acme(), 4)).await;
    let variables = json!({ "r": [{ "__typename": "Organization", "id": acme() }], "id": "" });
    let both = billing.ask_as(acme(), &[Role::Viewer, Role::Admin], ALL_WAYS, variables).await;
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
