use auth::Role;
use policy::{Attributes, Question, Value};

use crate::{caller, engine, paper, tenant, user};

/// What support reads: one text for each way in which a question comes out.
#[test]
fn tells_what_decided_and_what_nearly_did() {
    let engine = engine();
    let limit = |most| Attributes::from([("most".into(), Value::Long(most))]);
    let cases = [
        ("a member writes their own paper", Role::Member, 1, 1, limit(5)),
        ("a member writes a long paper", Role::Member, 1, 9, limit(5)),
        ("a member writes another's paper", Role::Member, 2, 1, limit(5)),
        ("support writes", Role::Support, 1, 1, Attributes::new()),
        ("a policy cannot be evaluated", Role::Member, 1, i64::MAX, limit(5)),
    ];
    let mut text = String::new();
    for (title, role, writer, pages, context) in cases {
        let (caller, resource) = (caller(1, tenant(1), &[role]), paper(tenant(1), user(writer), pages));
        let question =
            Question { caller: &caller, action: "writePaper", resource: &resource, context: &context };
        let explanation = engine.explain(question).unwrap();
        assert_eq!(explanation.allowed, engine.decide(question).unwrap().allowed, "{title}");
        text.push_str(&format!("# {title}\n{explanation}\n"));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn tells_the_same_to_programs() {
    let (caller, resource) = (caller(1, tenant(1), &[Role::Member]), paper(tenant(1), user(2), 1));
    let context = Attributes::new();
    let question = Question { caller: &caller, action: "readPaper", resource: &resource, context: &context };
    let explanation = serde_json::to_value(engine().explain(question).unwrap()).unwrap();
    assert_eq!(explanation["allowed"], false);
    assert_eq!(explanation["reason"], "notPermitted");
    assert_eq!(explanation["decided"], serde_json::json!([]));
    let near: Vec<&str> = explanation["nearly"]
        .as_array()
        .unwrap()
        .iter()
        .map(|policy| policy["id"].as_str().unwrap())
        .collect();
    assert_eq!(near, ["admins-do-all", "writers-read-and-write-their-own"]);
    let failing = &explanation["nearly"][1]["parts"][2];
    assert_eq!((failing["kind"].as_str(), failing["outcome"].as_str()), (Some("condition"), Some("fails")));
}
