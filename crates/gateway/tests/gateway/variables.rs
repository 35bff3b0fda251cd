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

const SHOP: &str = r#"
    scalar Anything
    enum Size { SMALL LARGE GIANT @inaccessible }
    input Order { product: ID! lines: [Line!] note: String = "none" secretSwitch: Boolean @inaccessible }
    input Line { sku: String! count: Int! = 1 }
    type Query {
        echo(
            int: Int float: Float string: String id: ID size: Size anything: Anything
            ints: [Int!] grid: [[Int]] order: Order
        ): Int
    }
"#;

/// Type of the variable, what is sent as its value, and the text that the subgraph gets: numbers keep every digit, defaults
/// are filled in at each level.
#[tokio::test]
async fn values_arrive_as_text() {
    let cases = [
        ("int: Int", "1.0", "1"),
        ("int: Int", "-1e3", "-1000"),
        ("float: Float", "0.10", "0.10"),
        ("string: String", r#""\u00e9""#, r#""\u00e9""#),
        ("id: ID", "12345678901234567890", r#""12345678901234567890""#),
        ("anything: Anything", "[12345678901234567890.10,null]", "[12345678901234567890.10,null]"),
        ("ints: [Int!] = 3", "", "[3]"),
        ("grid: [[Int]]", "[[1],[null]]", "[[1],[null]]"),
        ("grid: [[Int]]", "[1,2]", "[[1],[2]]"),
        ("size: Size = SMALL", "", r#""SMALL""#),
        (
            "order: Order",
            r#"{"product":1,"lines":{"sku":"x"}}"#,
            r#"{"product":"1","lines":[{"sku":"x","count":1}],"note":"none"}"#,
        ),
        ("order: Order", r#"{"note":null,"product":"1"}"#, r#"{"product":"1","note":null}"#),
        (
            r#"order: Order = {product: 5, lines: [{sku: "y"}]}"#,
            "",
            r#"{"product":"5","lines":[{"sku":"y","count":1}],"note":"none"}"#,
        ),
    ];
    for (declaration, sent, expected) in cases {
        let subgraph = Canned::saying(r#"{"data":{"echo":1}}"#);
        let answer = echo(&subgraph, declaration, sent).await;
        assert_eq!(answer.text(), r#"{"data":{"echo":1}}"#, "{declaration} = {sent}");
        let body = String::from_utf8(subgraph.requests()[0].body.to_vec()).unwrap();
        assert!(
            body.ends_with(&format!(r#","variables":{{"v":{expected}}}}}"#)),
            "{declaration} = {sent}: {body}"
        );
    }
}

/// Type of the variable, what is sent as its value, and the message and the field of the error.
#[tokio::test]
async fn mistakes_name_the_place_in_the_value() {
    let cases = [
        ("int: Int!", "", "`$v` is required; its type is Int!.", "v"),
        ("int: Int!", "null", "`$v` must not be null.", "v"),
        ("int: Int", "2147483648", "`$v` must be a whole number of 32 bits.", "v"),
        ("int: Int", r#""1""#, "`$v` must be an Int, not a string.", "v"),
        ("float: Float", "1e999", "`$v` must be a value of Float, not a number.", "v"),
        ("string: String", r#""\ud800""#, "`$v` holds text that is not Unicode.", "v"),
        ("anything: Anything", r#"[{"a":"\udc00"}]"#, "`$v` holds text that is not Unicode.", "v"),
        ("id: ID", "1.5", "`$v` must be a value of ID, not a number.", "v"),
        ("size: Size", r#""HUGE""#, "`$v` is not a value of Size.", "v"),
        // What is not for clients is like what is not there.
        ("size: Size", r#""GIANT""#, "`$v` is not a value of Size.", "v"),
        ("ints: [Int!]", "[1,null]", "`$v.1` must not be null.", "v.1"),
        ("grid: [[Int]]", r#"[["x"]]"#, "`$v.0.0` must be an Int, not a string.", "v.0.0"),
        ("order: Order", "{}", "`$v.product` is required; its type is ID!.", "v.product"),
        (
            "order: Order",
            r#"{"product":1,"lines":[{"sku":"a"},{"sku":2}]}"#,
            "`$v.lines.1.sku` must be a value of String, not a number.",
            "v.lines.1.sku",
        ),
        ("order: Order", r#"{"product":1,"extra":2}"#, "`$v.extra` is not a field of Order.", "v.extra"),
        (
            "order: Order",
            r#"{"product":1,"secretSwitch":true}"#,
            "`$v.secretSwitch` is not a field of Order.",
            "v.secretSwitch",
        ),
        ("order: Order", "7", "`$v` must be an object of Order, not a number.", "v"),
    ];
    for (declaration, sent, message, field) in cases {
        let answer = echo(&Canned::saying(""), declaration, sent).await;
        let error = &answer.json()["errors"][0];
        assert_eq!(error["message"], message, "{declaration} = {sent}");
        assert_eq!(error["extensions"]["field"], field, "{declaration} = {sent}");
        assert_eq!(error["locations"], json!([{"line": 1, "column": 7}]), "{declaration} = {sent}");
    }
}

/// Sends the value's text untouched; nothing where it is empty.
async fn echo(subgraph: &std::sync::Arc<Canned>, declaration: &str, sent: &str) -> crate::support::Answer {
    let (argument, ty) = declaration.split_once(": ").unwrap();
    let query = format!("query($v: {ty}) {{ echo({argument}: $v) }}");
    let value = if sent.is_empty() { String::new() } else { format!("\"v\":{sent}") };
    let body = format!(r#"{{"query":{},"variables":{{{value}}}}}"#, json!(query));
    let client = client(open(), vec![("one", SHOP, subgraph.clone())]);
    client.request(http::Method::POST, "/graphql", &[("content-type", "application/json")], &body).await
}

#[tokio::test]
async fn all_mistakes_are_told_at_once_but_not_without_end() {
    let client = client(open(), vec![("one", SDL, Canned::saying(""))]);
    let query = "query($a: Int!, $b: [Int!]!) { intMust(v: $a) ints(v: $b) }";
    let answer = client.ask_with(query, &json!({ "b": vec!["x"; 1_000] })).await.json();
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 20);
    assert_eq!(
        (&errors[0]["extensions"]["field"], &errors[19]["extensions"]["field"]),
        (&json!("a"), &json!("b.18"))
    );
}

/// A default lets a variable be used where null may not stand; a null that is sent is refused all the same.
#[tokio::test]
async fn null_is_refused_where_the_variable_is_used_as_not_null() {
    let cases = [
        ("query($v: Boolean = true) { int @include(if: $v) }", false),
        ("query($v: Boolean = true) { ... @skip(if: $v) { int } }", false),
        ("query($v: Boolean = true) { ...F } fragment F on Query { ... { int @skip(if: $v) } }", false),
        ("query($v: Int = 1) { intMust(v: $v) }", false),
        ("query($v: Int = 1) { point(v: {x: $v}) }", false),
        ("query($v: Int = 1) { ints(v: [2, $v]) }", false),
        ("query($v: String = \"Query\") { __type(name: $v) { name } }", false),
        ("query($v: Int = 1) { int(v: $v) }", true),
        ("query($v: Int = 1) { point(v: {x: 1, y: $v}) }", true),
        ("query($v: [Int!] = [1]) { ints(v: $v) }", true),
    ];
    for (query, allowed) in cases {
        let subgraph = Canned::saying(r#"{"data":{"int":1,"intMust":1,"point":1,"ints":1}}"#);
        let client = client(open(), vec![("one", SDL, subgraph.clone())]);
        let answer = client.ask_with(query, &json!({ "v": null })).await;
        if allowed {
            assert_eq!(answer.codes(), Vec::<String>::new(), "{query}: {}", answer.text());
            continue;
        }
        assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{query}: {}", answer.text());
        assert_eq!(answer.json()["errors"][0]["message"], "`$v` must not be null where it is used.");
        assert!(answer.json().get("data").is_none() && subgraph.asked().is_empty(), "{query}");
        assert_eq!(client.ask(query).await.codes(), Vec::<String>::new(), "{query}");
    }
}

/// By POST and by GET alike.
#[tokio::test]
async fn a_name_may_stand_once_in_an_object() {
    let cases = [
        ("int: Int", r#"{"v":1,"v":1}"#, "`$v` is sent more than once.", "v"),
        ("int: Int", r#"{"v":1,"w":1,"w":2}"#, "`$w` is sent more than once.", "w"),
        (
            "order: Order",
            r#"{"v":{"product":1,"product":2}}"#,
            "`$v.product` is sent more than once.",
            "v.product",
        ),
        (
            "anything: Anything",
            r#"{"v":[{"a":1,"\u0061":2}]}"#,
            "`$v` has an object in which a name stands more than once.",
            "v",
        ),
    ];
    for (declaration, variables, message, field) in cases {
        let (argument, ty) = declaration.split_once(": ").unwrap();
        let query = format!("query($v: {ty}) {{ echo({argument}: $v) }}");
        let client = client(open(), vec![("one", SHOP, Canned::saying(""))]);
        let body = format!(r#"{{"query":{},"variables":{variables}}}"#, json!(query));
        let json = [("content-type", "application/json")];
        let posted = client.request(http::Method::POST, "/graphql", &json, &body).await;
        let parameters: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("query", &query)
            .append_pair("variables", variables)
            .finish();
        let got = client.get(&format!("/graphql?{parameters}"), &json).await;
        for answer in [posted, got] {
            assert_eq!(answer.codes(), ["BAD_USER_INPUT"], "{}", answer.text());
            assert_eq!(answer.json()["errors"][0]["message"], message);
            assert_eq!(answer.json()["errors"][0]["extensions"]["field"], field);
        }
    }
}

/// Each of many variables is found among many more that were sent.
#[tokio::test]
async fn many_variables_among_many_more() {
    let mut config = open();
    config.limits.body_bytes = 4_000_000;
    config.limits.tokens = 100_000;
    config.limits.fields = 10_000;
    let many = 6_000;
    let declared = (0..many).map(|n| format!("$v{n}: Int!")).collect::<Vec<_>>().join(" ");
    let items = (0..many).map(|n| format!("$v{n}")).collect::<Vec<_>>().join(" ");
    let query = format!("query({declared}) {{ ints(v: [{items}]) }}");
    let mut variables = serde_json::Map::new();
    for n in 0..100_000 {
        variables.insert(format!("other{n}"), json!(n));
    }
    for n in 0..many {
        variables.insert(format!("v{n}"), json!(n));
    }
    let client = client(config, vec![("one", SDL, Canned::saying(r#"{"data":{"ints":1}}"#))]);
    let answer = client.ask_with(&query, &variables.into()).await;
    assert_eq!(answer.text(), r#"{"data":{"ints":1}}"#);
}
