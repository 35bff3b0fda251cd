use std::sync::Arc;

use planner::{Condition, OutputSelection};
use serde_json::json;
use tokio::sync::Notify;
use wire::{Subgraph, TransportError};

use super::support::{Answering, entity_fetch, execute, field, leaves, plan, root_fetch, saying};

/// `slow` answers only when `last` was asked. `last` waits for `quick` alone, so no barrier may hold it back.
#[tokio::test(start_paused = true)]
async fn a_fetch_leaves_as_soon_as_what_it_waits_for_is_there() {
    let asked = Arc::new(Notify::new());
    let (waiting, telling) = (asked.clone(), asked);
    let slow = Answering::new(move || {
        let waiting = waiting.clone();
        async move {
            waiting.notified().await;
            Ok(r#"{"data":{"s":1}}"#.to_owned())
        }
    });
    let last = Answering::new(move || {
        telling.notify_one();
        async { Ok(r#"{"data":{"l":3}}"#.to_owned()) }
    });
    let plan = plan(
        vec![
            root_fetch("slow", "{s}", &[]),
            root_fetch("quick", "{q}", &[]),
            root_fetch("last", "{l}", &[1]),
        ],
        leaves(&[("s", "Int"), ("q", "Int"), ("l", "Int")]),
    );
    let subgraphs: [(&str, Arc<dyn Subgraph>); 3] =
        [("slow", slow), ("quick", saying(r#"{"data":{"q":2}}"#)), ("last", last)];
    let (data, errors) = execute(&plan, &subgraphs).await;
    assert_eq!((data.as_str(), errors), (r#"{"s":1,"q":2,"l":3}"#, json!([])));
}

#[tokio::test]
async fn a_fetch_whose_condition_does_not_hold_is_not_sent_and_holds_nobody_back() {
    let mut off = root_fetch("off", "{o}", &[]);
    off.condition = Condition::Variable { name: "yes".to_owned(), negated: false };
    let plan = plan(vec![off, root_fetch("on", "{a}", &[0])], leaves(&[("o", "Int"), ("a", "Int")]));
    let off = Answering::new(|| async { Err(TransportError::Status(500)) });
    let subgraphs: [(&str, Arc<dyn Subgraph>); 2] =
        [("off", off.clone()), ("on", saying(r#"{"data":{"a":1}}"#))];
    let (data, errors) = execute(&plan, &subgraphs).await;
    assert_eq!((data.as_str(), errors), (r#"{"o":null,"a":1}"#, json!([])));
    assert!(off.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn entities_are_not_asked_about_where_there_is_none() {
    let below = leaves(&[("id", "ID!"), ("more", "Int")]);
    let output = OutputSelection { fields: vec![field("list", "[T]", &below)] };
    let plan = plan(vec![root_fetch("a", "{list{id}}", &[]), entity_fetch("b", &[0], &["list"])], output);
    for list in ["null", "[]", "[null]", r#"[{"id":null}]"#] {
        let more = Answering::new(|| async { Ok(String::new()) });
        let said = saying(&format!(r#"{{"data":{{"list":{list}}}}}"#));
        let subgraphs: [(&str, Arc<dyn Subgraph>); 2] = [("a", said), ("b", more.clone())];
        execute(&plan, &subgraphs).await;
        assert!(more.asked.lock().unwrap().is_empty(), "asked about {list}");
    }
}
