//! How many decisions a core makes in a second: `cargo run --release -p policy --example decisions_per_second`.
#![allow(clippy::print_stdout, clippy::cast_precision_loss, reason = "a measurement for people")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use auth::{Caller, Role, SystemClock};
use policy::{Attributes, Embedded, Engine, Options, Question, Resource, Value};
use uuid::Uuid;

const PAPERS: Embedded = Embedded {
    service: "papers",
    schema: include_str!("../tests/policy/papers/schema.cedarschema"),
    policies: include_str!("../tests/policy/papers/policies.cedar"),
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tenant = Uuid::from_u128(1).into();
    let caller = |subject: u128| Caller {
        subject: Uuid::from_u128(subject).into(),
        tenant,
        roles: [Role::Member].into(),
        scopes: std::collections::BTreeSet::new(),
    };
    let writer = caller(1);
    let attributes =
        Attributes::from([("writer".into(), Value::user(writer.subject)), ("pages".into(), Value::Long(3))]);
    let paper = Resource { kind: "Paper".into(), id: "1".into(), tenant, attributes };
    let context = Attributes::from([("most".into(), Value::Long(5))]);
    for (title, time_to_live) in [("evaluated", Duration::ZERO), ("kept", Duration::from_secs(3_600))] {
        let engine =
            Engine::new(&PAPERS, Options { time_to_live, ..Options::default() }, Arc::new(SystemClock))?;
        let (started, mut count) = (Instant::now(), 0_u32);
        while started.elapsed() < Duration::from_secs(1) {
            let question =
                Question { caller: &writer, action: "writePaper", resource: &paper, context: &context };
            assert!(engine.decide(question)?.allowed);
            count += 1;
        }
        let each = started.elapsed() / count;
        println!(
            "{title:10} {:>10.0} a second, {each:?} each",
            f64::from(count) / started.elapsed().as_secs_f64()
        );
    }
    Ok(())
}
