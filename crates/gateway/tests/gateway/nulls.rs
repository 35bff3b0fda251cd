//! CompleteValue and null propagation (GraphQL specification, sections 6.4.3 and 6.4.4).

use serde_json::{Value, json};

use crate::support::{Canned, at, client, open};

const SDL: &str = r#"
    scalar Anything
    enum Colour { RED GREEN }
    interface Shape { name: String! }
    type Circle implements Shape { name: String! radius: Int }
    type Square implements Shape { name: String! side: Int }
    union Thing = Circle | Square
    type Box { must: Int! may: Int inner: Box strict: Box! }
    type Query {
        int: Int float: Float string: String boolean: Boolean id: ID colour: Colour anything: Anything
        must: Int!
        box: Box
        strictBox: Box!
        ints: [Int] intsMust: [Int!] intsMustAll: [Int!]!
        grid: [[Int!]!] gridMay: [[Int!]]
        boxes: [Box] boxesMust: [Box!]
        shape: Shape shapes: [Shape!] thing: Thing
    }
"#;

const MALFORMED: &str = "SUBGRAPH_MALFORMED_RESPONSE";

/// A query, what the subgraph sends as `data`, the `data` that the client gets byte for byte, and where errors stand.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    // What may be null is null, without an error.
    ("{int}", r#"{"int":null}"#, r#"{"int":null}"#, &[]),
    ("{int}", "{}", r#"{"int":null}"#, &[]),
    ("{box{may}}", r#"{"box":{}}"#, r#"{"box":{"may":null}}"#, &[]),
    // In an object: the nearest parent that may be null.
    ("{must}", r#"{"must":null}"#, "null", &[r#"["must"]"#]),
    ("{int must}", r#"{"int":1}"#, "null", &[r#"["must"]"#]),
    (
        "{int box{must}}",
        r#"{"int":1,"box":{"must":null}}"#,
        r#"{"int":1,"box":null}"#,
        &[r#"["box","must"]"#],
    ),
    ("{strictBox{must}}", r#"{"strictBox":{}}"#, "null", &[r#"["strictBox","must"]"#]),
    (
        "{box{may inner{strict{must}}}}",
        r#"{"box":{"may":1,"inner":{"strict":{"must":null}}}}"#,
        r#"{"box":{"may":1,"inner":null}}"#,
        &[r#"["box","inner","strict","must"]"#],
    ),
    // The client's key, not the field's name.
    ("{a:box{b:must}}", r#"{"a":{"b":null},"box":{"must":null}}"#, r#"{"a":null}"#, &[r#"["a","b"]"#]),
    // In lists.
    ("{ints}", r#"{"ints":[1,null,3]}"#, r#"{"ints":[1,null,3]}"#, &[]),
    ("{ints}", r#"{"ints":[1,"x",3]}"#, r#"{"ints":[1,null,3]}"#, &[r#"["ints",1]"#]),
    ("{intsMust}", r#"{"intsMust":[1,null]}"#, r#"{"intsMust":null}"#, &[r#"["intsMust",1]"#]),
    ("{intsMustAll}", r#"{"intsMustAll":[null]}"#, "null", &[r#"["intsMustAll",0]"#]),
    ("{intsMustAll}", r#"{"intsMustAll":[]}"#, r#"{"intsMustAll":[]}"#, &[]),
    ("{grid}", r#"{"grid":[[1],[2,null]]}"#, r#"{"grid":null}"#, &[r#"["grid",1,1]"#]),
    ("{grid}", r#"{"grid":[[1],null]}"#, r#"{"grid":null}"#, &[r#"["grid",1]"#]),
    (
        "{gridMay}",
        r#"{"gridMay":[[1],[null],[3]]}"#,
        r#"{"gridMay":[[1],null,[3]]}"#,
        &[r#"["gridMay",1,0]"#],
    ),
    (
        "{boxes{must}}",
        r#"{"boxes":[{"must":1},{"must":null},null]}"#,
        r#"{"boxes":[{"must":1},null,null]}"#,
        &[r#"["boxes",1,"must"]"#],
    ),
    (
        "{boxesMust{must}}",
        r#"{"boxesMust":[{"must":1},{}]}"#,
        r#"{"boxesMust":null}"#,
        &[r#"["boxesMust",1,"must"]"#],
    ),
    // The wrong kind of value.
    ("{int}", r#"{"int":"SECRET"}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{int}", r#"{"int":1.5}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{int}", r#"{"int":2147483648}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{int}", r#"{"int":true}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{int}", r#"{"int":[1]}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{int}", r#"{"int":{"a":1}}"#, r#"{"int":null}"#, &[r#"["int"]"#]),
    ("{float}", r#"{"float":"SECRET"}"#, r#"{"float":null}"#, &[r#"["float"]"#]),
    ("{float}", r#"{"float":false}"#, r#"{"float":null}"#, &[r#"["float"]"#]),
    ("{string}", r#"{"string":1}"#, r#"{"string":null}"#, &[r#"["string"]"#]),
    ("{boolean}", r#"{"boolean":"true"}"#, r#"{"boolean":null}"#, &[r#"["boolean"]"#]),
    ("{id}", r#"{"id":true}"#, r#"{"id":null}"#, &[r#"["id"]"#]),
    ("{id}", r#"{"id":1.5}"#, r#"{"id":null}"#, &[r#"["id"]"#]),
    ("{ints}", r#"{"ints":7}"#, r#"{"ints":null}"#, &[r#"["ints"]"#]),
    ("{box{may}}", r#"{"box":"SECRET"}"#, r#"{"box":null}"#, &[r#"["box"]"#]),
    ("{box{may}}", r#"{"box":[{"may":1}]}"#, r#"{"box":null}"#, &[r#"["box"]"#]),
    // Values that the schema does not know may be inaccessible ones.
    ("{colour}", r#"{"colour":"SECRET"}"#, r#"{"colour":null}"#, &[r#"["colour"]"#]),
    ("{colour}", r#"{"colour":7}"#, r#"{"colour":null}"#, &[r#"["colour"]"#]),
    ("{colour}", r#"{"colour":"RED"}"#, r#"{"colour":"RED"}"#, &[]),
    (
        "{shape{name}}",
        r#"{"shape":{"__typename":"SECRET","name":"x"}}"#,
        r#"{"shape":null}"#,
        &[r#"["shape"]"#],
    ),
    (
        "{shapes{name}}",
        r#"{"shapes":[{"__typename":"SECRET","name":"x"}]}"#,
        r#"{"shapes":null}"#,
        &[r#"["shapes",0]"#],
    ),
    (
        "{thing{__typename ... on Circle{radius} ... on Square{side}}}",
        r#"{"thing":{"__typename":"Square","side":2}}"#,
        r#"{"thing":{"__typename":"Square","side":2}}"#,
        &[],
    ),
    ("{thing{__typename}}", r#"{"thing":{"__typename":"SECRET"}}"#, r#"{"thing":null}"#, &[r#"["thing"]"#]),
    // Bytes pass as they came.
    (
        "{float}",
        r#"{"float":1234567890.12345678901234567890}"#,
        r#"{"float":1234567890.12345678901234567890}"#,
        &[],
    ),
    ("{float}", r#"{"float":1E+2}"#, r#"{"float":1E+2}"#, &[]),
    (
        "{string}",
        r#"{"string":"a\u00e9\n\"\/\ud83d\ude00"}"#,
        r#"{"string":"a\u00e9\n\"\/\ud83d\ude00"}"#,
        &[],
    ),
    (
        "{anything}",
        r#"{"anything":{"a":[123456789012345678901234567890,null,"\u0041"]}}"#,
        r#"{"anything":{"a":[123456789012345678901234567890,null,"\u0041"]}}"#,
        &[],
    ),
    ("{id}", r#"{"id":12}"#, r#"{"id":"12"}"#, &[]),
    // What was not asked for does not pass.
    ("{int}", r#"{"int":1,"string":"SECRET"}"#, r#"{"int":1}"#, &[]),
];

#[tokio::test]
async fn values_are_completed() {
    for (query, sent, data, places) in CASES {
        let subgraph = Canned::saying(format!(r#"{{"data":{sent}}}"#));
        let answer = client(open(), vec![("one", SDL, subgraph)]).ask(query).await;
        assert_eq!(answer.status, 200, "{query} {sent}");
        assert_eq!(answer.data(), *data, "{query} {sent}");
        let expected: Vec<_> =
            places.iter().map(|place| at(MALFORMED, serde_json::from_str::<Value>(place).unwrap())).collect();
        assert_eq!(answer.errors(), expected, "{query} {sent}");
        assert!(!answer.text().contains("SECRET"), "{}", answer.text());
    }
}

#[tokio::test]
async fn an_error_of_the_subgraph_stands_for_the_null_it_explains() {
    let subgraph = Canned::saying(
        r#"{"data":{"box":null,"int":1},"errors":[{"message":"no","path":["box","must"],"extensions":{"code":"FORBIDDEN"}}]}"#,
    );
    let answer = client(open(), vec![("one", SDL, subgraph)]).ask("{int box{must}}").await;
    assert_eq!(answer.data(), r#"{"int":1,"box":null}"#);
    assert_eq!(answer.errors(), [at("FORBIDDEN", json!(["box", "must"]))]);
}

#[tokio::test]
async fn a_null_in_one_subgraph_leaves_the_others_data() {
    let parts = vec![
        (
            "one",
            "type Query { broken: Half } type Half { must: Int! }",
            Canned::saying(r#"{"data":{"broken":{}}}"#) as _,
        ),
        ("two", "type Query { fine: Int }", Canned::saying(r#"{"data":{"fine":7}}"#) as _),
    ];
    let answer = client(open(), parts).ask("{broken{must} fine}").await;
    assert_eq!(answer.data(), r#"{"broken":null,"fine":7}"#);
    assert_eq!(answer.errors(), [at(MALFORMED, json!(["broken", "must"]))]);
}
