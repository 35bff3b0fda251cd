use auth::Role;
use policy::{Attributes, Engine, Question, Resource, Value};
use proptest::prelude::*;

use crate::{PAPERS, caller, clock, engine, paper, tenant, user};

/// Role, whose paper, pages, the limit; what comes out, and by which policies.
type Case = (&'static [Role], u128, i64, Option<i64>, bool, &'static [&'static str]);

#[test]
fn decides_by_role_attributes_and_context() {
    let cases: &[Case] = &[
        (&[Role::Admin], 2, 10, None, true, &["admins-do-all"]),
        (&[Role::Admin], 2, 10, Some(5), true, &["admins-do-all"]),
        (&[Role::Member], 1, 10, None, true, &["writers-read-and-write-their-own"]),
        (&[Role::Member], 1, 5, Some(5), true, &["writers-read-and-write-their-own"]),
        (&[Role::Member], 1, 6, Some(5), false, &["long-papers-need-an-admin"]),
        (
            &[Role::Member, Role::Admin],
            1,
            6,
            Some(5),
            true,
            &["admins-do-all", "writers-read-and-write-their-own"],
        ),
        (&[Role::Member], 2, 10, None, false, &[]),
        (&[Role::Viewer], 1, 10, None, false, &[]),
        (&[Role::Support], 1, 10, None, false, &["support-only-looks-on"]),
        (&[Role::Support, Role::Admin], 1, 10, None, false, &["support-only-looks-on"]),
        (&[], 1, 10, None, false, &[]),
    ];
    let engine = engine();
    for (roles, writer, pages, most, allowed, policies) in cases {
        let caller = caller(1, tenant(1), roles);
        let resource = paper(tenant(1), user(*writer), *pages);
        let context: Attributes = most.map(|most| ("most".into(), Value::Long(most))).into_iter().collect();
        let question =
            Question { caller: &caller, action: "writePaper", resource: &resource, context: &context };
        let decision = engine.decide(question).unwrap();
        let decided: Vec<&str> = decision.policies.iter().map(|id| &**id).collect();
        assert_eq!(
            (decision.allowed, decided.as_slice()),
            (*allowed, *policies),
            "{roles:?} {writer} {pages} {most:?}"
        );
    }
}

/// Cedar leaves out a forbid that it cannot evaluate. Here nothing is allowed then.
#[test]
fn a_policy_that_cannot_be_evaluated_denies() {
    let (engine, caller) = (engine(), caller(1, tenant(1), &[Role::Member]));
    let resource = paper(tenant(1), user(1), i64::MAX);
    let context = Attributes::from([("most".into(), Value::Long(5))]);
    let question = Question { caller: &caller, action: "writePaper", resource: &resource, context: &context };
    let decision = engine.decide(question).unwrap();
    assert!(!decision.allowed);
    assert_eq!(decision.errors.iter().map(|id| &**id).collect::<Vec<_>>(), ["long-papers-need-an-admin"]);
}

#[test]
fn a_question_that_the_schema_does_not_know_is_no_decision() {
    let (engine, caller, none) = (engine(), caller(1, tenant(1), &[Role::Admin]), Attributes::new());
    let good = paper(tenant(1), user(1), 1);
    let without_pages = Resource { attributes: Attributes::new(), ..good.clone() };
    let of_no_type = Resource { kind: "Letter".into(), ..good.clone() };
    let with_more = Attributes::from([("colour".into(), Value::Text("red".into()))]);
    let cases = [
        ("burnPaper", &good, &none),
        ("read", &good, &none),
        ("listPapers", &good, &none),
        ("readPaper", &without_pages, &none),
        ("readPaper", &of_no_type, &none),
        ("writePaper", &good, &with_more),
    ];
    for (action, resource, context) in cases {
        let question = Question { caller: &caller, action, resource, context };
        assert!(engine.decide(question).is_err(), "{action} {resource:?}");
    }
}

#[test]
fn without_a_permit_nothing_is_allowed() {
    let forbidding = policy::Embedded {
        policies: r#"@id("nobody") forbid (principal, action == Action::"listPapers", resource);"#,
        ..PAPERS
    };
    let engine = Engine::new(&forbidding, policy::Options::default(), clock()).unwrap();
    for role in Role::ALL {
        let caller = caller(1, tenant(1), &[role]);
        for action in ["readPaper", "writePaper"] {
            assert!(
                !crate::allows(&engine, &caller, action, &paper(tenant(1), user(1), 1)),
                "{role} {action}"
            );
        }
        assert!(!crate::allows(&engine, &caller, "listPapers", &Resource::organization(tenant(1))), "{role}");
    }
}

proptest! {
    #[test]
    fn another_tenants_resources_are_out_of_reach(
        roles in proptest::collection::btree_set(proptest::sample::select(Role::ALL.to_vec()), 0..=5),
        (own, other) in (0_u128..100, 100_u128..200),
        (who, writer) in (0_u128..3, 0_u128..3),
        pages in any::<i64>(),
        most in proptest::option::of(any::<i64>()),
        action in proptest::sample::select(vec!["readPaper", "writePaper", "listPapers"]),
    ) {
        let roles: Vec<Role> = roles.into_iter().collect();
        let caller = caller(who, tenant(own), &roles);
        let resource = match action {
            "listPapers" => Resource::organization(tenant(other)),
            _ => paper(tenant(other), user(writer), pages),
        };
        let most = most.filter(|_| action == "writePaper");
        let context: Attributes = most.map(|most| ("most".into(), Value::Long(most))).into_iter().collect();
        let decision =
            engine().decide(Question { caller: &caller, action, resource: &resource, context: &context }).unwrap();
        prop_assert!(!decision.allowed);
        prop_assert!(decision.policies.iter().any(|id| &**id == "tenants-stay-apart"));
    }
}
