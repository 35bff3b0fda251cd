//! The hot queries read ranges of indexes, whatever the size of the tables.
use serde_json::{Value, json};
use test_kit::plans::{Explain, statements_of};

use crate::support::{Users, caller, tenant, user};

/// Whether rows come in the order of an index, or in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    OfIndex,
    None,
}

const TABLES: [&str; 2] = ["users", "memberships"];

/// What is asked, the columns that an index must narrow the rows down by for it, and how the rows come in order.
const QUESTIONS: &[(&str, &str, &[&[&str]], Order)] = &[
    ("Organization", "members(first: 10) { nodes { role } }", &[&["tenant_id"]], Order::OfIndex),
    (
        "Organization",
        "members(first: 10, after: $cursor) { nodes { role } }",
        &[&["tenant_id", "created_at", "user_id"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "members(last: 10, before: $cursor) { nodes { role } }",
        &[&["tenant_id", "created_at", "user_id"]],
        Order::OfIndex,
    ),
    (
        "Organization",
        "members(first: 10, role: MEMBER, after: $cursor) { nodes { role } }",
        &[&["tenant_id", "role", "created_at", "user_id"]],
        Order::OfIndex,
    ),
    ("User", "memberships { role }", &[&["tenant_id", "id"], &["tenant_id", "user_id"]], Order::None),
    ("UserByEmail", "displayName", &[&["tenant_id", "email"]], Order::None),
    ("Membership", "role user { email }", &[&["tenant_id", "user_id"], &["tenant_id", "id"]], Order::None),
];

#[tokio::test(flavor = "multi_thread")]
async fn hot_queries_use_an_index() {
    let users = Users::start_with(3..20).await;
    let database = Explain::connect(&users.owner_url).await.unwrap();
    let page = "{ organization { members(first: 20) { pageInfo { endCursor } } } }";
    let cursor =
        users.data(&caller(1, 0), page).await["organization"]["members"]["pageInfo"]["endCursor"].to_string();
    for (kind, fields, narrowed_by, order) in QUESTIONS {
        let fields = fields.replace("$cursor", &cursor);
        let of = kind.trim_end_matches("ByEmail");
        let query = format!(
            "query($r: [_Any!]!) {{ _entities(representations: $r) {{ ... on {of} {{ {fields} }} }} }}"
        );
        let variables = json!({ "r": [representation(kind, 7), representation(kind, 8)] });
        let answer = async {
            let (answer, _) = users.ask(&caller(1, 0), &query, &variables).await;
            assert_eq!(answer.get("errors"), None, "{answer}");
            assert!(answer["data"]["_entities"][1].is_object(), "{answer}");
        };
        let mut plans = Vec::new();
        let statements = statements_of(answer).await;
        // A slug or an id of an organization leads to the one row that the tenant has.
        for statement in statements.iter().filter(|statement| !statement.contains("FROM \"organizations\"")) {
            let plan = database.plan(statement).await.unwrap();
            assert!(!plan.reads_whole_table(&TABLES), "{kind} {fields}: {statement}\n{plan}");
            if *order == Order::OfIndex {
                assert!(!plan.sorts(), "{kind} {fields}: {statement}\n{plan}");
            }
            plans.push(plan);
        }
        for columns in *narrowed_by {
            let found = plans.iter().any(|plan| plan.narrows_by(columns));
            assert!(found, "{kind} {fields}: {columns:?} in none of\n{statements:#?}\n{plans:?}");
        }
    }
}

fn representation(kind: &str, number: u128) -> Value {
    match kind {
        "Organization" => json!({ "__typename": kind, "id": tenant(1) }),
        "UserByEmail" => json!({ "__typename": "User", "email": format!("person{number}@acme.example") }),
        "Membership" => {
            json!({ "__typename": kind, "organization": { "id": tenant(1) }, "user": { "id": user(1, number) } })
        }
        _ => json!({ "__typename": kind, "id": user(1, number) }),
    }
}
