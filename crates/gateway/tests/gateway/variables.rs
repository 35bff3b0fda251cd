//! Coercion of variables (GraphQL specification, section 6.1.2).

use serde_json::{Value, json};

use crate::support::{Canned, client, open};

const SDL: &str = r#"
    scalar Anything
    enum Colour { RED GREEN }
    input Point { x: Int! y: Int = 2 tags: [String!] }
    type Query {
        int(v: Int): Int
        intMust(v: Int!): Int
        float(v: Float): Int
        string(v: String): Int
        boolean(v: Boolean): Int
        id(v: ID): Int
        colour(v: Colour): Int
        point(v: Point): Int
        ints(v: [Int!]): Int
        anything(v: Anything): Int
    }
"#;

/// A field, the variable's type, what is sent (`None`: nothing), and what the subgraph gets (`None`: it is refused).
#[tokio::test]
async fn variables_are_coerced() {
    let cases: Vec<(&str, &str, Option<Value>, Option<Value>)> = vec![
        ("int", "Int", Some(json!(1)), Some(json!(1))),
        ("int", "Int", Some(json!(-2_147_483_648)), Some(json!(-2_147_483_648))),
        ("int", "Int", Some(json!(2_147_483_648_u32)), None),
        ("int", "Int", Some(json!("1")), None),
        ("int", "Int", Some(json!(1.5)), None),
        ("int", "Int", Some(json!(true)), None),
        ("int", "Int", Some(json!([1])), None),
        ("int", "Int", Some(Value::Null), Some(Value::Null)),
        ("int", "Int = 7", None, Some(json!(7))),
        ("int", "Int = 7", Some(json!(8)), Some(json!(8))),
        ("intMust", "Int!", None, None),
        ("intMust", "Int!", Some(Value::Null), None),
        ("intMust", "Int! = 3", None, Some(json!(3))),
        ("intMust", "Int! = 3", Some(Value::Null), None),
        ("float", "Float", Some(json!(1)), Some(json!(1))),
        ("float", "Float", Some(json!(1.25)), Some(json!(1.25))),
        ("float", "Float", Some(json!("1.25")), None),
        ("string", "String", Some(json!("a\"\u{e9}\n")), Some(json!("a\"\u{e9}\n"))),
        ("string", "String", Some(json!(1)), None),
        ("boolean", "Boolean", Some(json!(false)), Some(json!(false))),
        ("boolean", "Boolean", Some(json!(0)), None),
        ("boolean", "Boolean", Some(json!("true")), None),
        ("id", "ID", Some(json!("x")), Some(json!("x"))),
        ("id", "ID", Some(json!(true)), None),
        ("id", "ID", Some(json!(1.5)), None),
        ("colour", "Colour", Some(json!("RED")), Some(json!("RED"))),
        ("colour", "Colour", Some(json!("BLUE")), None),
        ("colour", "Colour", Some(json!(1)), None),
        ("ints", "[Int!]", Some(json!([1, 2])), Some(json!([1, 2]))),
        ("ints", "[Int!]", Some(json!([])), Some(json!([]))),
        ("ints", "[Int!]", Some(json!(1)), Some(json!([1]))),
        ("ints", "[Int!]", Some(json!([1, null])), None),
        ("ints", "[Int!]", Some(json!([1, "2"])), None),
        ("point", "Point", Some(json!({"x": 1, "y": 5})), Some(json!({"x": 1, "y": 5}))),
        ("point", "Point", Some(json!({"x": 1})), Some(json!({"x": 1, "y": 2}))),
        ("point", "Point", Some(json!({"x": 1, "tags": "t"})), Some(json!({"x": 1, "y": 2, "tags": ["t"]}))),
        ("point", "Point", Some(json!({})), None),
        ("point", "Point", Some(json!({"x": null})), None),
        ("point", "Point", Some(json!({"x": 1, "z": 1})), None),
        ("point", "Point", Some(json!([1])), None),
        ("point", "Point", Some(json!(7)), None),
        ("anything", "Anything", Some(json!({"a": [1, {"b": null}]})), Some(json!({"a": [1, {"b": null}]}))),
    ];
    for (field, ty, sent, expected) in cases {
        let subgraph = Canned::new(move |_| Ok(format!(r#"{{"data":{{"{field}":1}}}}"#)));
        let client = client(open(), vec![("one", SDL, subgraph.clone())]);
        let query = format!("query($v: {ty}) {{ {field}(v: $v) }}");
        let variables = sent.as_ref().map_or_else(|| json!({}), |sent| json!({ "v": sent }));
        let answer = client.ask_with(&query, &variables).await;
        let what = format!("{field}: {ty} = {sent:?}: {}", answer.text());
        match expected {
            Some(expected) => assert_eq!(subgraph.asked()[0]["variables"]["v"], expected, "{what}"),
            None => {
                assert!(!answer.codes().is_empty(), "{what}");
                assert!(answer.codes().iter().all(|code| code == "BAD_USER_INPUT"), "{what}");
                assert!(answer.json().get("data").is_none(), "{what}");
                assert_eq!(subgraph.asked().len(), 0, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn a_variable_without_a_value_is_not_sent() {
    let subgraph = Canned::saying(r#"{"data":{"int":1}}"#);
    let client = client(open(), vec![("one", SDL, subgraph.clone())]);
    client.ask("query($v: Int) { int(v: $v) }").await;
    assert!(subgraph.asked()[0]["variables"].get("v").is_none());
}

#[tokio::test]
async fn variables_that_are_not_declared_are_left_out() {
    let subgraph = Canned::saying(r#"{"data":{"int":1}}"#);
    let client = client(open(), vec![("one", SDL, subgraph.clone())]);
    let answer = client.ask_with("query($v: Int) { int(v: $v) }", &json!({"v": 1, "secret": 2})).await;
    assert_eq!(answer.text(), r#"{"data":{"int":1}}"#);
    assert_eq!(subgraph.asked()[0]["variables"], json!({"v": 1}));
}

#[tokio::test]
async fn a_refusal_names_the_variable_and_not_its_value() {
    let client = client(open(), vec![("one", SDL, Canned::saying(r#"{"data":{"int":1}}"#))]);
    let answer = client.ask_with("query($v: Colour) { colour(v: $v) }", &json!({"v": "hunter2"})).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert!(answer.json()["errors"][0]["message"].as_str().unwrap().contains('v'));
    assert!(!answer.text().contains("hunter2"), "{}", answer.text());
}
