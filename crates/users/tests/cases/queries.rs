//! What can be read, and how many statements it takes.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{PEOPLE, Users, caller, tenant, user};

const ENTITIES: &str = "query($r: [_Any!]!) { _entities(representations: $r) {
    __typename
    ... on Organization { id slug displayName }
    ... on User { id email displayName memberships { role user { id } organization { slug } } }
    ... on Membership { role status user { displayName } organization { displayName } }
} }";

#[tokio::test]
async fn tells_who_you_are() {
    let users = Users::start().await;
    let data = users
        .data(
            &caller(1, 2),
            "{ me { email displayName createdAt memberships { role status createdAt organization { slug } } }
               organization { id slug displayName createdAt } }",
        )
        .await;
    assert_snapshot!(data);
}

#[tokio::test]
async fn lists_members_newest_first() {
    let users = Users::start().await;
    let data = users
        .data(
            &caller(1, 0),
            "{ organization { members(first: 2) { nodes { user { email } role } pageInfo { hasNextPage hasPreviousPage } }
               admins: members(role: ADMIN) { edges { node { user { email } role } } } } }",
        )
        .await;
    assert_snapshot!(data);
}

#[tokio::test]
async fn every_member_is_on_exactly_one_page() {
    let users = Users::start().await;
    let mut seen = BTreeSet::new();
    let mut cursor = Value::Null;
    for _ in 0..=PEOPLE {
        let query = "query($after: String) { organization { members(first: 7, after: $after) {
            nodes { user { id } } pageInfo { hasNextPage endCursor } } } }";
        let (answer, _) = users.ask(&caller(1, 0), query, &json!({ "after": cursor })).await;
        let members = &answer["data"]["organization"]["members"];
        for node in members["nodes"].as_array().unwrap() {
            assert!(seen.insert(node["user"]["id"].to_string()));
        }
        if members["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        cursor = members["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen.len(), usize::try_from(PEOPLE).unwrap());
}

#[tokio::test]
async fn resolves_every_key() {
    let users = Users::start().await;
    let representations = json!([
        { "__typename": "Organization", "id": tenant(1) },
        { "__typename": "Organization", "slug": "acme" },
        { "__typename": "User", "id": user(1, 3) },
        { "__typename": "User", "email": "person4@acme.example" },
        { "__typename": "Membership", "organization": { "id": tenant(1) }, "user": { "id": user(1, 5) } },
    ]);
    let (answer, _) = users.ask(&caller(1, 0), ENTITIES, &json!({ "r": representations })).await;
    assert_snapshot!(answer);
}

#[tokio::test]
async fn an_address_is_the_same_in_capitals() {
    let users = Users::start().await;
    let representations = json!([
        { "__typename": "User", "email": "Person4@ACME.example" },
        { "__typename": "User", "email": "person4@acme.example" },
    ]);
    let (answer, statements) = users.ask(&caller(1, 0), ENTITIES, &json!({ "r": representations })).await;
    assert_eq!(answer["data"]["_entities"][0]["id"], json!(user(1, 4)), "{answer}");
    assert_eq!(answer["data"]["_entities"][0], answer["data"]["_entities"][1]);
    // The user by address, the membership, the organization, the membership's user.
    assert_eq!(statements, 4);
}

/// A page that cannot be had costs nothing else.
#[tokio::test]
async fn arguments_that_make_no_sense() {
    let users = Users::start().await;
    let cases = [
        ("first: -1", "first"),
        ("first: 101", "first"),
        ("first: 1, last: 1", "last"),
        ("after: \"nonsense\"", "after"),
        ("last: 1, before: \"\"", "before"),
    ];
    for (arguments, field) in cases {
        let query = format!("{{ organization {{ slug members({arguments}) {{ nodes {{ role }} }} }} }}");
        let (answer, _) = users.ask(&caller(1, 0), &query, &json!({})).await;
        assert_eq!(
            answer["data"],
            json!({ "organization": { "slug": "acme", "members": null } }),
            "{answer}"
        );
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT", "{answer}");
        assert_eq!(answer["errors"][0]["extensions"]["field"], field, "{answer}");
    }
}

#[tokio::test]
async fn what_is_missing_or_anothers_is_null() {
    let users = Users::start().await;
    let representations = json!([
        { "__typename": "Organization", "id": tenant(2) },
        { "__typename": "Organization", "slug": "globex" },
        { "__typename": "User", "id": user(2, 3) },
        { "__typename": "User", "email": "person4@globex.example" },
        { "__typename": "Membership", "organization": { "id": tenant(2) }, "user": { "id": user(2, 5) } },
        { "__typename": "Membership", "organization": { "id": tenant(2) }, "user": { "id": user(1, 5) } },
        { "__typename": "User", "id": user(3, 3) },
        { "__typename": "User", "id": "not an id" },
        { "__typename": "Organization", "id": "' OR 1=1 --" },
    ]);
    let (answer, _) = users.ask(&caller(1, 0), ENTITIES, &json!({ "r": representations })).await;
    assert_eq!(answer, json!({ "data": { "_entities": vec![Value::Null; 9] } }));

    let query = "query($id: ID!) { user(id: $id) { email } }";
    for id in [json!(user(2, 3)), json!(user(3, 3)), json!("not an id"), json!("")] {
        let (answer, _) = users.ask(&caller(1, 0), query, &json!({ "id": id })).await;
        assert_eq!(answer, json!({ "data": { "user": null } }));
    }
}

/// The representation of the person at a place.
type Representation = fn(u128) -> Value;

#[tokio::test]
async fn statements_do_not_grow_with_rows() {
    let users = Users::start().await;
    let kinds: [(&str, Representation); 3] = [
        ("User by id", |number| json!({ "__typename": "User", "id": user(1, number) })),
        (
            "User by email",
            |number| json!({ "__typename": "User", "email": format!("person{number}@acme.example") }),
        ),
        (
            "Membership",
            |number| json!({ "__typename": "Membership", "organization": { "id": tenant(1) }, "user": { "id": user(1, number) } }),
        ),
    ];
    for (kind, representation) in kinds {
        let query = "query($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
        for some in [1, 2, PEOPLE] {
            let representations: Vec<Value> = (0..some).map(representation).collect();
            let (answer, statements) =
                users.ask(&caller(1, 0), query, &json!({ "r": representations })).await;
            assert!(answer["data"]["_entities"].as_array().unwrap().iter().all(|entity| !entity.is_null()));
            assert_eq!(statements, 1, "{kind}: {some}");
        }
    }
    let nested =
        "query($n: Int) { organization { members(first: $n) { nodes { user { email memberships { role } }
        organization { slug members(first: 3) { nodes { role } } } } } } }";
    let (_, few) = users.ask(&caller(1, 0), nested, &json!({ "n": 2 })).await;
    let (_, many) = users.ask(&caller(1, 0), nested, &json!({ "n": PEOPLE })).await;
    assert_eq!(few, many);
    // The organization, its members, the users, their memberships, the members once more.
    assert_eq!(many, 5);
}

#[tokio::test]
async fn nothing_of_globex_reaches_acme() {
    let users = Users::start().await;
    let everything = "query($r: [_Any!]!, $id: ID!) {
        me { email displayName memberships { user { email } organization { slug members { nodes { user { email } } } } } }
        user(id: $id) { email memberships { organization { displayName } } }
        organization { id slug displayName members(first: 100) { nodes { user { id email displayName } } } }
        _entities(representations: $r) { ... on Organization { slug displayName } ... on User { email } }
    }";
    for place in 0..PEOPLE {
        let representations = json!([
            { "__typename": "User", "id": user(2, place) },
            { "__typename": "User", "email": format!("person{place}@globex.example") },
            { "__typename": "Organization", "slug": "globex" },
            { "__typename": "Organization", "id": tenant(2) },
        ]);
        let variables = json!({ "r": representations, "id": user(2, place) });
        let (answer, _) = users.ask(&caller(1, place), everything, &variables).await;
        let text = answer.to_string();
        assert!(text.contains("acme") && !text.contains("globex"), "{text}");
        assert!(!text.contains(&user(2, place).to_string()), "{text}");
    }
    // Somebody of Globex with a token for Acme sees Acme, and is nobody there.
    let mut stranger = caller(2, 0);
    stranger.tenant = tenant(1);
    let data = users.data(&stranger, "{ me { email } organization { slug } }").await;
    assert_eq!(data, json!({ "me": null, "organization": { "slug": "acme" } }));
}
