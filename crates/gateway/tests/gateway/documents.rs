//! What clients read when their document is wrong, and what the schema tells them: nothing that is not for them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::{Canned, Client, client, open};

const SDL: &str = r#"
    type Query {
        me: User
        mood: Mood
        echo(size: Size, order: OrderInput, anything: Anything): Int
        must(int: Int!): Int
        hidden: Secret @inaccessible
    }
    type Subscription { mood: Mood }
    type User { name: String! friend: User }
    type Secret @inaccessible { code: String }
    enum Mood { HAPPY DARK_SECRET @inaccessible }
    enum Size { SMALL GIANT @inaccessible }
    input OrderInput { product: ID! secretSwitch: Boolean @inaccessible }
    scalar Anything
"#;

fn gateway() -> Client {
    client(open(), vec![("one", SDL, Canned::saying(r#"{"data":{"mood":"HAPPY"}}"#))])
}

#[tokio::test]
async fn mistakes_are_told_with_code_and_place() {
    let gateway = gateway();
    let mut told = String::new();
    for document in [
        "{",
        "{ me { name ",
        "{ mee { name } }",
        "{ me }",
        "{ mood { x } }",
        "{ me { nope } }",
        "{ must }",
        r#"{ must(int: "1") }"#,
        "query($v: Nothing) { mood }",
        "query($v: Int) { mood }",
        "{ me { ...F } } fragment F on User { friend { ...F } }",
        "{ a: me { name } a: mood }",
        "{ mood @unknown }",
        "subscription { mood }",
        "type A { b: Int }",
        // Near to names that are not for clients, and these names themselves.
        "{ hidden { code } }",
        "{ hiden { code } }",
        "{ ... on Secret { code } }",
        "query($v: Secret) { mood }",
        "{ echo(size: GIANT) }",
        "{ echo(size: GIANTS) }",
        "{ echo(order: {product: 1, secretSwitch: true}) }",
        "{ echo(order: {product: 1, secretSwich: true}) }",
    ] {
        let answer = gateway.ask(document).await.json();
        writeln!(told, "{document}").unwrap();
        for error in answer["errors"].as_array().unwrap() {
            let places = error["locations"].as_array().into_iter().flatten();
            let places: Vec<String> =
                places.map(|place| format!("{}:{}", place["line"], place["column"])).collect();
            let (code, message) = (&error["extensions"]["code"], &error["message"]);
            writeln!(
                told,
                "    {} at {}: {}",
                code.as_str().unwrap(),
                places.join(" "),
                message.as_str().unwrap()
            )
            .unwrap();
        }
    }
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn the_schema_is_that_of_clients() {
    let answer = gateway()
        .ask(
            r#"{
                mood
                secret: __type(name: "Secret") { name }
                __schema {
                    types { name fields { name args { name } } inputFields { name } enumValues { name } }
                    directives { name }
                }
            }"#,
        )
        .await;
    assert_eq!(answer.json()["data"]["secret"], Value::Null);
    assert_eq!(answer.json()["data"]["mood"], "HAPPY");
    for name in [
        "hidden",
        "Secret\"",
        "SECRET",
        "GIANT",
        "secretSwitch",
        "_entities",
        "_Any",
        "join__",
        "inaccessible",
    ] {
        assert!(!answer.text().contains(name), "{name} is told");
    }
}

#[tokio::test]
async fn introspection_that_multiplies_is_refused() {
    let fields = "fields { type { ".repeat(5) + "name" + &" } }".repeat(5);
    let answer = gateway().ask(&format!("{{ __schema {{ types {{ {fields} }} }} }}")).await;
    assert_eq!(answer.codes(), ["OPERATION_TOO_COMPLEX"], "{}", answer.text());
}
