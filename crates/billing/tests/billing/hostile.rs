//! Whatever comes in, it is no fault of ours: the same answer on both databases, and never a 500.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::fixtures::{Kind, acme, books, id};
use crate::support::{Answer, Billing};

test_kit::on_both_databases! { Billing: any_text_anywhere any_amount_anywhere }

const EVERYWHERE: &str = "query ($r: [_Any!]!, $text: String, $id: ID!) {
  invoice(id: $id) { id }
  _entities(representations: $r) {
    ... on Invoice { number }
    ... on Organization { invoices(after: $text) { nodes { id } } }
    ... on CustomerAccount { invoices(before: $text, last: 1) { nodes { id } } }
  }
}";

const PAY: &str = "mutation ($id: ID!, $amount: MinorUnits!, $currency: Currency!) {
  payInvoice(input: { invoiceId: $id, amount: { amount: $amount, currency: $currency }, method: CARD }) { payment { id } }
}";

/// Only the client is to blame.
fn blames_the_client(answer: &Answer) -> Result<(), TestCaseError> {
    for error in answer.body["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        prop_assert!(matches!(code, "BAD_USER_INPUT" | "NOT_FOUND" | "CONFLICT"), "{}", answer.text());
    }
    Ok(())
}

fn check<T: std::fmt::Debug>(
    values: &impl Strategy<Value = T>,
    check: impl AsyncFn(T) -> Result<(), TestCaseError>,
) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Handle::current();
    let outcome = runner.run(values, |value| tokio::task::block_in_place(|| runtime.block_on(check(value))));
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn any_text_anywhere(billing: Billing) {
    let billing = billing.with(&books(acme(), 4)).await;
    let text = prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f'\"%;\\\\?$-]{0,8}",
        Just("\0".to_owned()),
        Just("' OR 1=1 --".to_owned()),
        Just("x".repeat(100_000)),
    ];
    check(&text, async |text| {
        let representations = json!([
            { "__typename": "Invoice", "id": id(acme(), Kind::Invoice, 0) },
            { "__typename": "Invoice", "id": text },
            { "__typename": "Payment", "id": text },
            { "__typename": "Fee", "id": text },
            { "__typename": "Order", "id": text },
            { "__typename": "User", "id": text },
            { "__typename": "Organization", "id": text },
            { "__typename": "Organization", "id": acme() },
            { "__typename": "CustomerAccount", "id": id(acme(), Kind::Account, 0) },
        ]);
        let answer =
            billing.ask(acme(), EVERYWHERE, json!({ "r": representations, "text": text, "id": text })).await;
        blames_the_client(&answer)?;
        // One's nonsense is not another's loss.
        prop_assert_eq!(&answer.body["data"]["_entities"][0]["number"], "ACME-INV-0000");
        let input = json!({ "id": text, "amount": 1, "currency": "EUR" });
        blames_the_client(&billing.ask(acme(), PAY, input).await)?;
        let input = json!({ "id": id(acme(), Kind::Invoice, 0), "amount": 1, "currency": text });
        blames_the_client(&billing.ask(acme(), PAY, input).await)
    });
}

/// No amount breaks the sums: not as a payment, not as the total of an order, whatever was paid before.
async fn any_amount_anywhere(billing: Billing) {
    let billing = billing.with(&books(acme(), 3)).await;
    let edge = 9_007_199_254_740_991_i64;
    let amounts = prop_oneof![
        any::<i64>(),
        -2_000_i64..2_000,
        prop::sample::select(vec![i64::MIN, i64::MAX, -edge, edge, edge + 1, -edge - 1]),
    ];
    let selection = "... on Order { amountDue { amount } }";
    check(&amounts, async |amount| {
        let input = json!({ "id": id(acme(), Kind::Invoice, 0), "amount": amount, "currency": "EUR" });
        blames_the_client(&billing.ask(acme(), PAY, input).await)?;
        let total = json!({ "amount": amount, "currency": "EUR" });
        // One is paid in full, and of the other there is no invoice: its total is what is due.
        let countable = (-edge..=edge).contains(&amount).then_some(amount);
        for (number, expected) in [(1, countable.map(|_| 0)), (77, countable)] {
            let order =
                json!({ "__typename": "Order", "id": id(acme(), Kind::Order, number), "total": total });
            let answer = billing.entities(acme(), selection, vec![order]).await;
            blames_the_client(&answer)?;
            let due = answer.body["data"]["_entities"][0]["amountDue"]["amount"].as_i64();
            prop_assert_eq!(due, expected, "{}", answer.text());
        }
        Ok(())
    });
}
