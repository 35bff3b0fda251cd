use std::sync::Arc;
use std::time::Duration;

use auth::{Caller, Role};
use chrono::TimeDelta;
use policy::{Attributes, Decision, Engine, Options, Question, Resource, Value};

use crate::{PAPERS, caller, clock, paper, tenant, user};

fn decide(
    engine: &Engine,
    caller: &Caller,
    action: &str,
    resource: &Resource,
    context: &Attributes,
) -> Arc<Decision> {
    engine.decide(Question { caller, action, resource, context }).unwrap()
}

#[test]
fn a_decision_is_kept_for_its_time_and_no_longer() {
    let clock = clock();
    let options = Options { time_to_live: Duration::from_secs(5), ..Options::default() };
    let engine = Engine::new(&PAPERS, options, clock.clone()).unwrap();
    let (member, resource) = (caller(1, tenant(1), &[Role::Member]), paper(tenant(1), user(1), 1));
    let ask = || decide(&engine, &member, "readPaper", &resource, &Attributes::new());

    let first = ask();
    clock.advance(TimeDelta::milliseconds(4_999));
    assert!(Arc::ptr_eq(&first, &ask()));
    clock.advance(TimeDelta::milliseconds(1));
    let second = ask();
    assert!(!Arc::ptr_eq(&first, &second));
    // A clock that was set back does not make it last.
    clock.advance(TimeDelta::milliseconds(-1));
    assert!(!Arc::ptr_eq(&second, &ask()));
}

#[test]
fn everything_that_decides_is_what_it_is_kept_under() {
    let engine = Engine::new(&PAPERS, Options::default(), clock()).unwrap();
    let member = caller(1, tenant(1), &[Role::Member]);
    let (own, none) = (paper(tenant(1), user(1), 9), Attributes::new());
    let first = decide(&engine, &member, "writePaper", &own, &none);
    assert!(Arc::ptr_eq(&first, &decide(&engine, &member, "writePaper", &own, &none)));

    let demoted = caller(1, tenant(1), &[Role::Viewer]);
    let elsewhere = caller(1, tenant(2), &[Role::Member]);
    let somebody = caller(2, tenant(1), &[Role::Member]);
    let others = paper(tenant(1), user(2), 9);
    let foreign = paper(tenant(2), user(1), 9);
    let limited = Attributes::from([("most".into(), Value::Long(5))]);
    for (caller, resource, context) in [
        (&demoted, &own, &none),
        (&elsewhere, &own, &none),
        (&somebody, &own, &none),
        (&member, &others, &none),
        (&member, &foreign, &none),
        (&member, &own, &limited),
    ] {
        assert!(!decide(&engine, caller, "writePaper", resource, context).allowed, "{caller:?} {resource:?}");
    }
    assert!(decide(&engine, &member, "writePaper", &own, &none).allowed);
    assert!(decide(&engine, &member, "readPaper", &own, &none).allowed);
}

#[test]
fn nothing_is_kept_where_no_time_is_given() {
    let options = Options { time_to_live: Duration::ZERO, ..Options::default() };
    let engine = Engine::new(&PAPERS, options, clock()).unwrap();
    let (member, resource) = (caller(1, tenant(1), &[Role::Member]), paper(tenant(1), user(1), 1));
    let ask = || decide(&engine, &member, "readPaper", &resource, &Attributes::new());
    assert!(!Arc::ptr_eq(&ask(), &ask()));
}
