//! Failures, told at each null that is due to them: no null without its error, no error without its null.

use std::sync::Arc;

use serde_json::{Value, json};
use wire::{Subgraph, TransportError};

use crate::support::{Canned, Part, at, client, open};

const UNAVAILABLE: &str = "SUBGRAPH_UNAVAILABLE";
const SHOP: &str = r#"
    type Query { orders: [Order!] }
    type Order { id: ID! buyer: User }
    type User @key(fields: "id", resolvable: false) { id: ID! }
"#;

fn part(name: &'static str, sdl: &'static str, subgraph: Arc<Canned>) -> Part<'static> {
    (name, sdl, subgraph)
}

#[tokio::test]
async fn an_error_of_an_entity_that_is_not_there_still_explains_the_null() {
    const ACCOUNTS: &str = r#"type Query { me: User! } type User @key(fields: "id") { id: ID! }"#;
    const NAMES: &str = r#"type User @key(fields: "id") { id: ID! name: String! }"#;
    for path in [r#"["_entities",7]"#, r#"["_entities"]"#, r#"["else",0]"#, "[]", "null"] {
        let accounts = Canned::saying(r#"{"data":{"me":{"id":"1"}}}"#);
        let names = Canned::saying(format!(
            r#"{{"data":null,"errors":[{{"message":"m","path":{path},"extensions":{{"code":"X"}}}}]}}"#
        ));
        let parts = vec![part("accounts", ACCOUNTS, accounts), part("names", NAMES, names)];
        let answer = client(open(), parts).ask("{me{name}}").await;
        assert_eq!(answer.data(), "null", "{path}");
        assert_eq!(answer.errors(), [at("X", json!(["me", "name"]))], "{path}");
    }
}

#[tokio::test]
async fn all_fields_of_an_entity_that_failed_have_the_error() {
    const PEOPLE: &str = r#"type User @key(fields: "id") { id: ID! name: String address: Address } type Address { street: String }"#;
    let shop = Canned::saying(
        r#"{"data":{"orders":[{"id":"a","buyer":{"id":"1"}},{"id":"b","buyer":{"id":"2"}},{"id":"c","buyer":{"id":"3"}}]}}"#,
    );
    // The first has an error, the second does not exist, the third is there.
    let people = Canned::saying(
        r#"{"data":{"_entities":[null,null,{"name":"C","address":null}]},
            "errors":[{"message":"no","path":["_entities",0],"extensions":{"code":"FORBIDDEN"}}]}"#,
    );
    let parts = vec![part("shop", SHOP, shop), part("people", PEOPLE, people)];
    let answer = client(open(), parts).ask("{orders{buyer{name at:address{street}}}}").await;
    let nothing = json!({"buyer": {"name": null, "at": null}});
    assert_eq!(
        answer.json()["data"]["orders"],
        json!([nothing, nothing, {"buyer": {"name": "C", "at": null}}])
    );
    let expected = [
        at("FORBIDDEN", json!(["orders", 0, "buyer", "name"])),
        at("FORBIDDEN", json!(["orders", 0, "buyer", "at"])),
    ];
    assert_eq!(answer.errors(), expected);
}

#[tokio::test]
async fn a_failure_does_not_hide_what_another_subgraph_did_wrong() {
    const PEOPLE: &str = r#"type User @key(fields: "id") { id: ID! name: String }"#;
    const AGES: &str = r#"type User @key(fields: "id") { id: ID! age: Age } type Age { years: Int! }"#;
    let shop = Canned::saying(r#"{"data":{"orders":[{"id":"a","buyer":{"id":"1"}}]}}"#);
    let ages = Canned::saying(r#"{"data":{"_entities":[{"age":{"years":null}}]}}"#);
    let parts =
        vec![part("shop", SHOP, shop), part("people", PEOPLE, Canned::away()), part("ages", AGES, ages)];
    let answer = client(open(), parts).ask("{orders{buyer{name age{years}}}}").await;
    assert_eq!(answer.data(), r#"{"orders":[{"buyer":{"name":null,"age":null}}]}"#);
    let expected = [
        at(UNAVAILABLE, json!(["orders", 0, "buyer", "name"])),
        at("SUBGRAPH_MALFORMED_RESPONSE", json!(["orders", 0, "buyer", "age", "years"])),
    ];
    assert_eq!(answer.errors(), expected);
}

/// Who could not even be asked, because the key came from the one that failed, is told of too.
#[tokio::test]
async fn what_follows_from_a_failure_has_its_error() {
    const PEOPLE: &str = r#"type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! }"#;
    const MAIL: &str = r#"type User @key(fields: "email") { email: String! unread: Int }"#;
    let shop = Canned::saying(r#"{"data":{"orders":[{"id":"a","buyer":{"id":"1"}}]}}"#);
    let mail = Canned::saying("");
    let parts = vec![
        part("shop", SHOP, shop),
        part("people", PEOPLE, Canned::away()),
        part("mail", MAIL, mail.clone()),
    ];
    let answer = client(open(), parts).ask("{orders{buyer{unread}}}").await;
    assert_eq!(answer.data(), r#"{"orders":[{"buyer":{"unread":null}}]}"#);
    assert_eq!(answer.errors(), [at(UNAVAILABLE, json!(["orders", 0, "buyer", "unread"]))]);
    assert_eq!(mail.asked().len(), 0);
}

#[tokio::test]
async fn errors_have_an_end_and_say_how_many_more_there_are() {
    const PEOPLE: &str = r#"type User @key(fields: "id") { id: ID! name: String }"#;
    let orders: Vec<Value> =
        (0..130).map(|n| json!({"id": n.to_string(), "buyer": {"id": n.to_string()}})).collect();
    let shop = Canned::saying(json!({"data": {"orders": orders}}).to_string());
    let parts = vec![part("shop", SHOP, shop), part("people", PEOPLE, Canned::away())];
    let answer = client(open(), parts).ask("{orders{buyer{name}}}").await;
    let errors = answer.errors();
    assert_eq!(errors.len(), 101);
    assert_eq!(errors[99], at(UNAVAILABLE, json!(["orders", 99, "buyer", "name"])));
    assert_eq!(errors[100], at(UNAVAILABLE, Value::Null));
    assert!(answer.json()["errors"][100]["message"].as_str().unwrap().contains(" 30"), "{}", answer.text());
}

const PAIR: &str = "type Query { me: User mood: String } type User { name: String }";

#[tokio::test]
async fn what_the_answer_does_not_have_has_no_error() {
    let query = "query($t: Boolean!) { a: me @skip(if: $t) { name } b: mood }";
    let failures = [
        (Canned::away(), UNAVAILABLE),
        (Canned::saying(r#"{"data":{"b":null},"errors":[{"message":"m","extensions":{"code":"X"}}]}"#), "X"),
    ];
    for (subgraph, code) in failures {
        let answer =
            client(open(), vec![part("one", PAIR, subgraph)]).ask_with(query, &json!({"t": true})).await;
        assert_eq!(answer.data(), r#"{"b":null}"#);
        assert_eq!(answer.errors(), [at(code, json!(["b"]))]);
    }
}

/// The second failure is there before the first.
#[tokio::test]
async fn errors_come_in_the_order_of_the_plan() {
    struct Late(usize);

    #[async_trait::async_trait]
    impl Subgraph for Late {
        async fn call(&self, _: wire::Request) -> Result<wire::Response, TransportError> {
            for _ in 0..self.0 {
                tokio::task::yield_now().await;
            }
            let body = r#"{"data":{},"errors":[{"message":"m"}]}"#;
            Ok(wire::Response { headers: http::HeaderMap::new(), body: body.into() })
        }
    }

    for (first, second) in [(0, 5), (5, 0)] {
        let parts: Vec<Part<'_>> = vec![
            ("one", "type Query { a: Int }", Arc::new(Late(first))),
            ("two", "type Query { b: Int }", Arc::new(Late(second))),
        ];
        let answer = client(open(), parts).ask("{a b}").await;
        let expected = [at("INTERNAL_SERVER_ERROR", json!(["a"])), at("INTERNAL_SERVER_ERROR", json!(["b"]))];
        assert_eq!(answer.errors(), expected);
    }
}

/// A failure whose place became null for another reason, or was never in the answer, is not kept back.
#[tokio::test]
async fn a_failure_that_shows_nowhere_is_told_without_a_path() {
    let parts = vec![
        part("one", "type Query { a: Int! }", Canned::away()),
        part("two", "type Query { b: Int }", Canned::saying("[]")),
    ];
    let answer = client(open(), parts).ask("{a b}").await;
    assert_eq!(answer.data(), "null");
    let expected = [at(UNAVAILABLE, json!(["a"])), at("SUBGRAPH_MALFORMED_RESPONSE", Value::Null)];
    assert_eq!(answer.errors(), expected);
}

/// Both have a part of the same object. What one brings does not hide that the other failed, whoever is first.
#[tokio::test]
async fn an_object_of_two_subgraphs_may_come_by_half() {
    const ONE: &str = "type Query { place: Place @shareable } type Place { x: Int }";
    const TWO: &str = "type Query { place: Place @shareable } type Place { y: Int }";
    let half = |key: &str| Canned::saying(format!(r#"{{"data":{{"place":{{"{key}":1}}}}}}"#));
    for (one, two, missing) in [(half("x"), Canned::away(), "y"), (Canned::away(), half("y"), "x")] {
        let answer =
            client(open(), vec![part("one", ONE, one), part("two", TWO, two)]).ask("{place{x y}}").await;
        assert_eq!(answer.json()["data"]["place"][missing], Value::Null);
        assert_eq!(answer.errors(), [at(UNAVAILABLE, json!(["place", missing]))], "{}", answer.text());
    }
}
