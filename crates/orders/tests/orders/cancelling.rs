//! Cancelling an order.

use auth::{Role, UserId};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::fixtures::{Kind, acme, globex, id, ledger, user};
use crate::support::{Answer, Orders};

test_kit::on_both_databases! {
    Orders:
    an_order_is_cancelled
    who_cancels_orders
    inputs_that_are_refused
    racing_cancellations
}

const CANCEL: &str = "mutation ($input: CancelOrderInput!) {
  cancelOrder(input: $input) { order { number status placedBy { orders { nodes { status } } } } }
}";

/// Orders 0 to 3 are placed, confirmed, shipped and cancelled, each by the user of its number.
const PLACED: usize = 0;
const CONFIRMED: usize = 1;
const SHIPPED: usize = 2;
const CANCELLED: usize = 3;

async fn cancel(orders: &Orders, by: UserId, roles: &[Role], order: usize) -> Answer {
    let input = json!({ "orderId": id(acme(), Kind::Order, order), "reason": "not needed\nany more" });
    orders.ask_as(acme(), by, roles, CANCEL, json!({ "input": input })).await
}

async fn status(orders: &Orders, order: usize) -> Value {
    let query = "query ($id: ID!) { order(id: $id) { status } }";
    let answer = orders.ask(acme(), query, json!({ "id": id(acme(), Kind::Order, order) })).await;
    answer.data()["order"]["status"].clone()
}

async fn an_order_is_cancelled(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 4)).await;
    for (order, number) in [(PLACED, "A-000001"), (CONFIRMED, "A-000002")] {
        let answer = cancel(&orders, user(acme(), 9), &[Role::Owner], order).await;
        let expected = json!({
            "number": number,
            "status": "CANCELLED",
            "placedBy": { "orders": { "nodes": [{ "status": "CANCELLED" }] } },
        });
        assert_eq!(answer.data()["cancelOrder"]["order"], expected);
        assert_eq!(status(&orders, order).await, "CANCELLED");
        // Once is enough.
        let again = cancel(&orders, user(acme(), 9), &[Role::Owner], order).await;
        assert_eq!(again.error(), ("CONFLICT", None));
    }
    for (order, left) in [(SHIPPED, "SHIPPED"), (CANCELLED, "CANCELLED")] {
        let answer = cancel(&orders, user(acme(), 9), &[Role::Owner], order).await;
        assert_eq!(answer.error(), ("CONFLICT", None));
        assert_eq!(status(&orders, order).await, left);
    }
}

async fn who_cancels_orders(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 48)).await;
    // Each takes a confirmed order of their own or of somebody else's, or one that is not there.
    let mut next = (1..48).step_by(4);
    for role in Role::ALL {
        for own in [true, false] {
            let order = next.next().unwrap();
            let by = user(acme(), if own { order } else { order + 1 });
            let may = match role {
                Role::Owner | Role::Admin => true,
                Role::Member => own,
                Role::Viewer | Role::Support => false,
            };
            let answer = cancel(&orders, by, &[role], order).await;
            let expected = if may {
                assert!(answer.is_good(), "{role} {own}: {}", answer.text());
                "CANCELLED"
            } else {
                assert_eq!(answer.error(), ("FORBIDDEN", None), "{role} {own}");
                assert_eq!(answer.body["errors"][0]["path"], json!(["cancelOrder"]), "{role} {own}");
                "CONFIRMED"
            };
            assert_eq!(status(&orders, order).await, expected, "{role} {own}");
            let missing = cancel(&orders, by, &[role], 99).await;
            let code = if matches!(role, Role::Viewer | Role::Support) { "FORBIDDEN" } else { "NOT_FOUND" };
            assert_eq!(missing.error(), (code, None), "{role} {own}");
        }
    }
}

async fn inputs_that_are_refused(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 1)).await.with(&ledger(globex(), 1)).await;
    let order = json!(id(acme(), Kind::Order, PLACED));
    let cases = [
        (json!({ "orderId": "nonsense" }), ("BAD_USER_INPUT", Some("input.orderId"))),
        (json!({ "orderId": "" }), ("BAD_USER_INPUT", Some("input.orderId"))),
        (json!({ "orderId": null }), ("BAD_USER_INPUT", None)),
        (json!({}), ("BAD_USER_INPUT", None)),
        (json!({ "orderId": id(acme(), Kind::Order, 99) }), ("NOT_FOUND", None)),
        (json!({ "orderId": id(globex(), Kind::Order, PLACED) }), ("NOT_FOUND", None)),
        (json!({ "orderId": order, "reason": "x".repeat(501) }), ("BAD_USER_INPUT", Some("input.reason"))),
        (json!({ "orderId": order, "reason": "x\0" }), ("BAD_USER_INPUT", Some("input.reason"))),
        (json!({ "orderId": order, "reason": "\u{1b}[2J" }), ("BAD_USER_INPUT", Some("input.reason"))),
        (json!({ "orderId": order, "reason": 7 }), ("BAD_USER_INPUT", None)),
    ];
    for (input, expected) in cases {
        let answer = orders.ask(acme(), CANCEL, json!({ "input": input })).await;
        assert_eq!(answer.error(), expected, "{input}");
    }
    assert_eq!(status(&orders, PLACED).await, "PLACED");
    // As long as can be, in letters that take four bytes each.
    let input = json!({ "orderId": order, "reason": "𝄞".repeat(500) });
    orders.ask(acme(), CANCEL, json!({ "input": input })).await.data();
    let query = "query ($id: ID!) { order(id: $id) { status } }";
    let foreign = orders.ask(globex(), query, json!({ "id": id(globex(), Kind::Order, PLACED) })).await;
    assert_eq!(foreign.data()["order"]["status"], "PLACED");
}

async fn racing_cancellations(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 2)).await;
    let all = (0..32).map(|_| cancel(&orders, user(acme(), CONFIRMED), &[Role::Member], CONFIRMED));
    let answers = join_all(all).await;
    let (done, late): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_good());
    assert_eq!(done.len(), 1);
    for answer in late {
        assert_eq!(answer.error(), ("CONFLICT", None));
    }
    assert_eq!(status(&orders, CONFIRMED).await, "CANCELLED");
}
