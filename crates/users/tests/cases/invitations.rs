//! Who may invite whom, and what may be written in an invitation.
use auth::Role;
use serde_json::{Value, json};

use crate::support::{Users, caller};

const INVITE: &str = "mutation($input: InviteUserInput!) { inviteUser(input: $input) {
    membership { role status createdAt user { email displayName } organization { slug } } } }";

/// The places of the people who ask: see `support::role`.
const OWNER: u128 = 0;
const ADMIN: u128 = 1;
const VIEWER: u128 = 2;
const MEMBER: u128 = 3;

async fn invite(users: &Users, by: u128, email: &str, name: &str, role: &str) -> Value {
    let input = json!({ "email": email, "displayName": name, "role": role });
    users.ask(&caller(1, by), INVITE, &json!({ "input": input })).await.0
}

#[tokio::test]
async fn an_invitation_makes_a_member_that_is_not_there_yet() {
    let users = Users::start().await;
    let answer = invite(&users, OWNER, " Newcomer@Acme.Example ", "  New Comer ", "MEMBER").await;
    assert_snapshot!(answer);

    let data = users
        .data(&caller(1, MEMBER), "{ organization { members(first: 1) { nodes { user { email } } } } }")
        .await;
    assert_eq!(data["organization"]["members"]["nodes"][0]["user"]["email"], "newcomer@acme.example");
}

/// What the first invitation's fields have loaded must not answer for the second's, and one that is refused takes
/// nothing from the one that was not.
#[tokio::test]
async fn more_than_one_in_a_request() {
    let users = Users::start().await;
    let query = "mutation($first: InviteUserInput!, $second: InviteUserInput!) {
        first: inviteUser(input: $first) { ...After }
        second: inviteUser(input: $second) { ...After }
        again: inviteUser(input: $second) { ...After }
    }
    fragment After on InviteUserPayload { membership { organization {
        members(first: 2) { nodes { user { email } } } viewers: members(role: VIEWER) { nodes { role } }
    } } }";
    let input = |email: &str| json!({ "email": email, "displayName": "New", "role": "VIEWER" });
    let variables = json!({ "first": input("one@acme.example"), "second": input("two@acme.example") });
    let (answer, _) = users.ask(&caller(1, OWNER), query, &variables).await;
    let after = |field: &str| &answer["data"][field]["membership"]["organization"];
    assert_eq!(after("first")["viewers"]["nodes"].as_array().unwrap().len(), 2, "{answer}");
    assert_eq!(after("second")["viewers"]["nodes"].as_array().unwrap().len(), 3, "{answer}");
    let emails: std::collections::BTreeSet<&str> = after("second")["members"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["user"]["email"].as_str().unwrap())
        .collect();
    assert_eq!(emails, ["one@acme.example", "two@acme.example"].into());
    assert_eq!(answer["data"]["again"], Value::Null, "{answer}");
    assert_eq!(answer["errors"][0]["path"], json!(["again"]), "{answer}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "CONFLICT", "{answer}");
}

#[tokio::test]
async fn roles_decide_who_invites_whom() {
    let users = Users::start().await;
    let mut stranger = caller(1, OWNER);
    stranger.roles = [Role::Support].into();
    let cases = [
        (OWNER, "OWNER", None),
        (OWNER, "ADMIN", None),
        (OWNER, "SUPPORT", Some("BAD_USER_INPUT")),
        (ADMIN, "OWNER", Some("FORBIDDEN")),
        (ADMIN, "ADMIN", None),
        (ADMIN, "VIEWER", None),
        (MEMBER, "MEMBER", Some("FORBIDDEN")),
        (MEMBER, "SUPPORT", Some("FORBIDDEN")),
        (VIEWER, "VIEWER", Some("FORBIDDEN")),
    ];
    for (place, (by, role, code)) in cases.into_iter().enumerate() {
        let answer = invite(&users, by, &format!("new{place}@acme.example"), "New", role).await;
        let found = answer["errors"][0]["extensions"]["code"].as_str();
        assert_eq!(found, code, "{by} invites as {role}: {answer}");
        if code.is_some() {
            assert_eq!(answer["errors"][0]["path"], json!(["inviteUser"]));
            assert_eq!(answer["errors"][0]["extensions"]["requestId"], "test-request");
        }
    }
    let input = json!({ "email": "new@acme.example", "displayName": "New", "role": "MEMBER" });
    let (answer, _) = users.ask(&stranger, INVITE, &json!({ "input": input })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
}

#[tokio::test]
async fn a_member_is_not_invited_again() {
    let users = Users::start().await;
    for email in ["person7@acme.example", "PERSON7@ACME.EXAMPLE"] {
        let answer = invite(&users, OWNER, email, "Seven", "MEMBER").await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "CONFLICT", "{answer}");
    }
    // Whether Globex knows somebody is nothing that Acme learns.
    let answer = invite(&users, OWNER, "person7@globex.example", "Seven", "MEMBER").await;
    assert_eq!(answer.get("errors"), None, "{answer}");
}

#[tokio::test]
async fn a_bad_input_is_named() {
    let users = Users::start().await;
    let long_local = format!("{}@acme.example", "x".repeat(65));
    let long_domain = format!("x@{}.example", "x".repeat(250));
    let long_name = "x".repeat(101);
    let good = "new@acme.example";
    let cases = [
        ("", "New", "input.email"),
        ("new", "New", "input.email"),
        ("@acme.example", "New", "input.email"),
        ("new@", "New", "input.email"),
        ("new@@acme.example", "New", "input.email"),
        ("new@acme..example", "New", "input.email"),
        ("ne w@acme.example", "New", "input.email"),
        ("new\u{0}@acme.example", "New", "input.email"),
        ("new\u{202e}@acme.example", "New", "input.email"),
        ("new@ac\u{200b}me.example", "New", "input.email"),
        ("new@acme\u{ad}.example", "New", "input.email"),
        (&long_local, "New", "input.email"),
        (&long_domain, "New", "input.email"),
        (good, "", "input.displayName"),
        (good, "   ", "input.displayName"),
        (good, "\u{200b}", "input.displayName"),
        (good, "\u{2060} \u{feff}", "input.displayName"),
        (good, "New \u{202e}remoC", "input.displayName"),
        (good, "line\nbreak", "input.displayName"),
        (good, &long_name, "input.displayName"),
    ];
    for (email, name, field) in cases {
        let answer = invite(&users, OWNER, email, name, "MEMBER").await;
        let extensions = &answer["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "BAD_USER_INPUT", "{email:?} {name:?}: {answer}");
        assert_eq!(extensions["field"], field, "{email:?} {name:?}: {answer}");
    }
}

/// Joiners belong to the writing of some names.
#[tokio::test]
async fn a_name_keeps_its_joiners() {
    let users = Users::start().await;
    for (place, name) in
        ["\u{645}\u{647}\u{200c}\u{634}\u{627}\u{62f}", "\u{1f469}\u{200d}\u{1f680}"].into_iter().enumerate()
    {
        let answer = invite(&users, OWNER, &format!("joined{place}@acme.example"), name, "MEMBER").await;
        assert_eq!(answer["data"]["inviteUser"]["membership"]["user"]["displayName"], name, "{answer}");
    }
}
