//! Whatever comes in, it is no fault of ours: the same answer on both databases, and never a 500.
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::{Users, caller, tenant, user};

const EVERYWHERE: &str = "query($r: [_Any!]!, $text: String, $id: ID!) {
    user(id: $id) { email }
    organization { after: members(after: $text) { nodes { role } } before: members(last: 1, before: $text) { nodes { role } } }
    _entities(representations: $r) { ... on Organization { slug } ... on User { email } ... on Membership { role } }
}";

const INVITE: &str = "mutation($address: InviteUserInput!, $name: InviteUserInput!) {
    address: inviteUser(input: $address) { membership { user { email } } }
    name: inviteUser(input: $name) { membership { user { displayName } } }
}";

/// Only the client is to blame.
fn blames_the_client(answer: &Value) -> Result<(), TestCaseError> {
    for error in answer["errors"].as_array().into_iter().flatten() {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        prop_assert!(matches!(code, "BAD_USER_INPUT" | "CONFLICT"), "{}", answer);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn any_text_anywhere() {
    let users = Users::start().await;
    let text = prop_oneof![
        any::<String>(),
        "[\\x00-\\x1f'\"%;\\\\?$@-]{0,8}",
        Just("\0".to_owned()),
        Just("person5@acme.example\0".to_owned()),
        Just("' OR 1=1 --".to_owned()),
        Just("x".repeat(100_000)),
    ];
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Handle::current();
    let outcome = runner.run(&text, |text| {
        let check = async {
            let representations = json!([
                { "__typename": "User", "email": "person4@acme.example" },
                { "__typename": "User", "email": text },
                { "__typename": "User", "id": text },
                { "__typename": "Organization", "id": text },
                { "__typename": "Organization", "slug": text },
                { "__typename": "Organization", "slug": "acme" },
                { "__typename": "Membership", "organization": { "id": text }, "user": { "id": user(1, 5) } },
                { "__typename": "Membership", "organization": { "id": tenant(1) }, "user": { "id": text } },
            ]);
            let variables = json!({ "r": representations, "text": text, "id": text });
            let (answer, _) = users.ask(&caller(1, 0), EVERYWHERE, &variables).await;
            blames_the_client(&answer)?;
            // One's nonsense is not another's loss.
            prop_assert_eq!(&answer["data"]["_entities"][0]["email"], "person4@acme.example");
            prop_assert_eq!(&answer["data"]["_entities"][5]["slug"], "acme");

            let variables = json!({
                "address": { "email": text, "displayName": "New", "role": "MEMBER" },
                // It is somebody's, so that no name makes a member of it.
                "name": { "email": "person5@acme.example", "displayName": text, "role": "MEMBER" },
            });
            blames_the_client(&users.ask(&caller(1, 0), INVITE, &variables).await.0)
        };
        tokio::task::block_in_place(|| runtime.block_on(check))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}
