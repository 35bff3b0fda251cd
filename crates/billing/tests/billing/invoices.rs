//! What is read of invoices.

use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, books, id};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: a_whole_invoice no_such_invoice }

const INVOICE: &str = "query ($id: ID!) {
  invoice(id: $id) {
    id number status issuedAt dueAt
    total { amount currency }
    paid { amount currency }
    billedTo { __typename id }
    account {
      id
      balance { amount currency }
      party { id ... on User { account { id } } ... on Organization { balance { amount } account { id } } }
      invoices(first: 1) { edges { cursor node { id } } nodes { number } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
    }
    order { id number invoice { id } }
    lines { id quantity amount { amount currency } item { __typename ... on Product { organizationId sku } ... on Fee { id description } } }
    payments { nodes { id method paidAt amount { amount currency } invoice { id status } reference { __typename id ... on Invoice { number total { amount } } } } }
  }
}";

async fn a_whole_invoice(billing: Billing) {
    let billing = billing.with(&books(acme(), 4)).await;
    let of_organization = billing.ask(acme(), INVOICE, json!({ "id": id(acme(), Kind::Invoice, 0) })).await;
    insta::assert_snapshot!("an_invoice_of_the_organization", of_organization.text());
    let of_user = billing.ask(acme(), INVOICE, json!({ "id": id(acme(), Kind::Invoice, 1) })).await;
    insta::assert_snapshot!("an_invoice_of_a_user", of_user.text());
}

async fn no_such_invoice(billing: Billing) {
    let billing = billing.with(&books(acme(), 1)).await;
    for nobody in [id(acme(), Kind::Invoice, 99).to_string(), "nonsense".to_owned(), String::new()] {
        let answer = billing.ask(acme(), INVOICE, json!({ "id": nobody })).await;
        assert_eq!(answer.data()["invoice"], Value::Null, "{nobody}");
    }
}
