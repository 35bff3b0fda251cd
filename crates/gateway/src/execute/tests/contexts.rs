use std::sync::Arc;

use apollo_compiler::ExecutableDocument;
use planner::{Options, Plan, Supergraph};
use serde_json::{Value, json};
use wire::Subgraph;

use super::support::{Answering, execute, saying};

/// Boxes with a unit, and in them things whose price, in another subgraph, takes the unit as an argument of that type.
fn supergraph(unit: &str) -> Supergraph {
    let sdl = format!(
        r#"
        schema @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION) @link(url: "https://specs.apollo.dev/context/v0.1", for: SECURITY) {{ query: Query }}
        directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
        directive @context(name: String!) repeatable on INTERFACE | OBJECT | UNION
        directive @join__graph(name: String!, url: String!) on ENUM_VALUE
        directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT
        directive @join__field(graph: join__Graph, contextArguments: [join__ContextArgument!]) repeatable on FIELD_DEFINITION
        input join__ContextArgument {{ name: String! type: String! context: String! selection: join__FieldValue! }}
        scalar join__FieldSet
        scalar join__FieldValue
        scalar link__Import
        enum link__Purpose {{ SECURITY EXECUTION }}
        enum join__Graph {{ A @join__graph(name: "a", url: "") B @join__graph(name: "b", url: "") }}
        type Query @join__type(graph: A) @join__type(graph: B) {{ boxes: [Box!]! @join__field(graph: A) }}
        type Box @join__type(graph: A) @context(name: "b__box") {{ unit: String things: [Thing!]! }}
        type Thing @join__type(graph: A, key: "id") @join__type(graph: B, key: "id") {{
            id: ID!
            price: Int @join__field(graph: B, contextArguments: [{{ context: "b__box", name: "unit", type: "{unit}", selection: "{{ unit }}" }}])
            weight(round: Boolean): Int @join__field(graph: B)
        }}"#
    );
    Supergraph::parse(&sdl).unwrap()
}

fn planned(unit: &str, query: &str) -> Plan {
    let supergraph = supergraph(unit);
    let document =
        ExecutableDocument::parse_and_validate(supergraph.api_schema(), query, "query.graphql").unwrap();
    planner::plan(&supergraph, &document, None, &Options::default()).unwrap()
}

/// Boxes with these units and one thing each, of which there are two different ones.
fn boxes(units: &[Option<&str>]) -> String {
    let boxes = units.iter().enumerate();
    let boxes: Value =
        boxes.map(|(at, unit)| json!({"unit": unit, "things": [{"id": (at % 2).to_string()}]})).collect();
    json!({"data": {"boxes": boxes}}).to_string()
}

/// Runs the plan: the answer's data and errors, and what `b` was asked.
async fn run(plan: &Plan, a: &str, b: &str) -> (String, Value, Vec<Value>) {
    let b = b.to_owned();
    let answering = Answering::new(move || {
        let b = b.clone();
        async move { Ok(b) }
    });
    let subgraphs: [(&str, Arc<dyn Subgraph>); 2] = [("a", saying(a)), ("b", answering.clone())];
    let (data, errors) = execute(plan, &subgraphs).await;
    let asked = answering.asked.lock().unwrap().clone();
    (data, errors, asked)
}

#[tokio::test]
async fn objects_are_asked_about_once_for_each_value() {
    let plan = planned("String", "{ boxes { things { price } } }");
    let a = boxes(&[Some("kg"), Some("lb"), Some("kg"), None, Some("lb")]);
    let b = r#"{"data":{"e0":[{"price":1}],"e0_1":[{"price":2},{"price":3}],"e0_2":[{"price":4}]}}"#;
    let (data, errors, asked) = run(&plan, &a, b).await;
    assert_eq!(errors, json!([]));
    assert_eq!(
        data,
        r#"{"boxes":[{"things":[{"price":1}]},{"things":[{"price":2}]},{"things":[{"price":1}]},{"things":[{"price":4}]},{"things":[{"price":3}]}]}"#
    );
    let thing = |id: &str| json!({"__typename": "Thing", "id": id});
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(
        asked["variables"],
        json!({
            "representations": [thing("0")], "context0": "kg",
            "representations_1": [thing("1"), thing("0")], "context0_1": "lb",
            "representations_2": [thing("1")], "context0_2": null,
        })
    );
    let query = asked["query"].as_str().unwrap();
    assert!(
        query.ends_with(
            "e0_2:_entities(representations:$representations_2){... on Thing{price(unit:$context0_2)}}}"
        ),
        "{query}"
    );
}

#[tokio::test]
async fn an_error_of_one_value_stands_where_its_objects_are() {
    let plan = planned("String", "{ boxes { things { price } } }");
    let a = boxes(&[Some("kg"), Some("lb"), Some("lb")]);
    let error = |path: Value| json!({"message": "m", "path": path, "extensions": {"code": "X"}});
    for (b, data, paths) in [
        (
            json!({"data": {"e0": [{"price": 1}], "e0_1": [{"price": null}, {"price": 3}]}, "errors": [error(json!(["e0_1", 0, "price"]))]}),
            r#"{"boxes":[{"things":[{"price":1}]},{"things":[{"price":null}]},{"things":[{"price":3}]}]}"#,
            json!([["boxes", 1, "things", 0, "price"]]),
        ),
        (
            json!({"data": {"e0": [null], "e0_1": [{"price": 2}, null]}, "errors": [error(json!(["e0", 0])), error(json!(["e0_1", 1]))]}),
            r#"{"boxes":[{"things":[{"price":null}]},{"things":[{"price":2}]},{"things":[{"price":null}]}]}"#,
            json!([["boxes", 0, "things", 0, "price"], ["boxes", 2, "things", 0, "price"]]),
        ),
    ] {
        let (answered, errors, _) = run(&plan, &a, &b.to_string()).await;
        assert_eq!(answered, data);
        let told: Value = errors.as_array().unwrap().iter().map(|error| error["path"].clone()).collect();
        assert_eq!(told, paths);
    }
}

#[tokio::test]
async fn null_is_no_value_where_the_argument_needs_one() {
    let query = "{ boxes { things { price weight(round: true) } } }";
    let plan = planned("String!", query);
    let missing = |at: usize| {
        json!({
            "message": "A value that the field needs of an object above it is null.",
            "path": ["boxes", at, "things", 0, "price"],
            "extensions": {"code": "CONTEXT_MISSING"},
        })
    };
    let b = r#"{"data":{"e0":[{"price":2}],"e1":[{"weight":5},{"weight":6}]}}"#;
    let (data, errors, _) = run(&plan, &boxes(&[None, Some("kg")]), b).await;
    assert_eq!(
        data,
        r#"{"boxes":[{"things":[{"price":null,"weight":5}]},{"things":[{"price":2,"weight":6}]}]}"#
    );
    assert_eq!(errors, json!([missing(0)]));

    // Without any value, the field and its variables are left out of the text, and the rest is asked for.
    let b = r#"{"data":{"e1":[{"weight":5}]}}"#;
    let (data, errors, asked) = run(&plan, &boxes(&[None]), b).await;
    assert_eq!(data, r#"{"boxes":[{"things":[{"price":null,"weight":5}]}]}"#);
    assert_eq!(errors, json!([missing(0)]));
    assert_eq!(
        asked[0]["query"],
        "query($r1:[_Any!]!){e1:_entities(representations:$r1){... on Thing{weight(round:true)}}}"
    );
    assert_eq!(asked[0]["variables"], json!({"r1": [{"__typename": "Thing", "id": "0"}]}));

    // Nobody misses what is left out.
    let query = "query($on: Boolean!) { boxes { things { price @include(if: $on) weight } } }";
    let b = r#"{"data":{"e1":[{"weight":5}]}}"#;
    let (data, errors, _) = run(&planned("String!", query), &boxes(&[None]), b).await;
    assert_eq!((data.as_str(), errors), (r#"{"boxes":[{"things":[{"weight":5}]}]}"#, json!([])));

    let plan = planned("String!", "{ boxes { things { price } } }");
    let (_, errors, asked) = run(&plan, &boxes(&[None, None]), "").await;
    assert_eq!((errors, asked), (json!([missing(0), missing(1)]), vec![]));
}

#[tokio::test]
async fn too_many_values_are_refused_one_by_one() {
    let plan = planned("String", "{ boxes { things { price } } }");
    let units: Vec<String> = (0..1_002).map(|unit| unit.to_string()).collect();
    let units: Vec<Option<&str>> = units.iter().map(|unit| Some(unit.as_str())).collect();
    let entities: Vec<String> = (0..1_000)
        .map(|at| {
            format!(r#""e0{}":[{{"price":{at}}}]"#, if at == 0 { String::new() } else { format!("_{at}") })
        })
        .collect();
    let b = format!(r#"{{"data":{{{}}}}}"#, entities.join(","));
    let (data, errors, asked) = run(&plan, &boxes(&units), &b).await;
    assert_eq!(asked.len(), 1);
    let end = r#"{"things":[{"price":999}]},{"things":[{"price":null}]},{"things":[{"price":null}]}]}"#;
    assert!(data.ends_with(end), "{data}");
    let told: Vec<(&Value, &Value)> = errors
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (&error["path"][1], &error["extensions"]["code"]))
        .collect();
    let code = json!("OPERATION_TOO_COMPLEX");
    assert_eq!(told, [(&json!(1_000), &code), (&json!(1_001), &code)]);
}
