//! The same scenarios in both shapes, with equal bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use e2e::{Answer, Platform, error_codes};
use serde_json::{Value, json};

const OWNER: (&str, &str) = ("acme", "owner");
const VIEWER: (&str, &str) = ("acme", "viewer");
const GLOBEX: (&str, &str) = ("globex", "owner");

const LATEST: &str = include_str!("../../crates/tributary/src/dev/first_query.graphql");

/// Questions whose answers must be the same bytes wherever the subgraphs are.
const QUESTIONS: &[(&str, (&str, &str), &str)] = &[
    ("three subgraphs", OWNER, LATEST),
    ("three subgraphs, another tenant", GLOBEX, LATEST),
    ("a role too few nulls one field", VIEWER, "{ organization { slug balance { amount } } }"),
    ("me", OWNER, "{ me { displayName memberships { role organization { slug } } } }"),
    ("the root alone", OWNER, "{ __typename }"),
    (
        "introspection beside data",
        OWNER,
        "{ __type(name: \"Party\") { kind possibleTypes { name } } organization { slug } }",
    ),
    (
        "an interface over two subgraphs",
        OWNER,
        "{ organization { invoices(first: 3) { nodes { billedTo { __typename id displayName } } } } }",
    ),
    (
        "a union over two subgraphs",
        OWNER,
        "{ organization { invoices(first: 9) { nodes { lines { item { __typename ... on Product { name price { amount } } ... on Fee { description } } } } } } }",
    ),
    (
        "an interface whose members are two subgraphs'",
        OWNER,
        "{ organization { invoices(first: 12, status: PAID) { nodes { payments(first: 1) { nodes { reference { __typename id number total { amount } ... on Order { placedBy { displayName } } ... on Invoice { dueAt } } } } } } } }",
    ),
    (
        "what is due",
        OWNER,
        "{ organization { orders(last: 100) { nodes { total { amount } amountDue { amount } invoice { status total { amount } paid { amount } } } } } }",
    ),
    (
        "one's own account",
        VIEWER,
        "{ me { account { balance { amount } party { displayName } invoices(first: 2) { nodes { number } } } } }",
    ),
    (
        "others' accounts",
        VIEWER,
        "{ organization { slug account { id } invoices(first: 1) { nodes { id } } members(role: OWNER) { nodes { user { email account { id } } } } } }",
    ),
    (
        "provided and required",
        OWNER,
        "{ organization { invoices(first: 4) { nodes { order { number amountDue { amount currency } total { amount } } } } } }",
    ),
    (
        "pages",
        OWNER,
        "{ organization { products(first: 2) { edges { cursor node { sku } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }",
    ),
    (
        "members and what they ordered",
        OWNER,
        "{ organization { members(first: 4) { nodes { role user { email orders(first: 2, filter: { statuses: [SHIPPED] }) { nodes { number status } } } } } } }",
    ),
    (
        "a skipped branch",
        OWNER,
        "query ($no: Boolean = false) { organization { slug balance @include(if: $no) { amount } orders(first: 1) @skip(if: $no) { nodes { id } } } }",
    ),
    (
        "an id of nobody",
        OWNER,
        "{ order(id: \"018f0000-0000-7000-8000-000000000000\") { id } invoice(id: \"nonsense\") { id } }",
    ),
    (
        "bad arguments",
        OWNER,
        "{ organization { orders(first: 0, after: \"?\") { nodes { id } } products(first: 5, last: 5) { nodes { id } } } }",
    ),
    ("not in the schema", OWNER, "{ organization { slugg } }"),
    ("not GraphQL", OWNER, "{ organization {"),
];

async fn answers(platform: &Platform) -> Vec<(&'static str, Answer)> {
    let mut answers = Vec::new();
    for (name, identity, query) in QUESTIONS {
        answers.push((*name, platform.client(*identity).ask(query).await));
    }
    answers
}

fn answer<'a>(answers: &'a [(&'static str, Answer)], name: &str) -> &'a Answer {
    &answers.iter().find(|(one, _)| *one == name).unwrap_or_else(|| panic!("no question {name}")).1
}

/// What the answers say, whichever shape gave them.
fn check(answers: &[(&'static str, Answer)]) {
    let latest = answer(answers, "three subgraphs").data();
    let nodes = latest["organization"]["orders"]["nodes"].as_array().unwrap();
    assert_eq!(nodes.len(), 5);
    assert_eq!(latest["organization"]["slug"], "acme");
    assert!(nodes.iter().all(|order| order["placedBy"]["displayName"].is_string()));
    assert!(nodes.iter().any(|order| order["invoice"]["billedTo"]["displayName"].is_string()), "{latest:#}");
    assert_eq!(answer(answers, "three subgraphs, another tenant").data()["organization"]["slug"], "globex");

    let refused = answer(answers, "a role too few nulls one field").json();
    assert_eq!(refused["data"], json!({ "organization": { "slug": "acme", "balance": null } }));
    assert_eq!(error_codes(&refused), ["FORBIDDEN"]);
    assert_eq!(refused["errors"][0]["path"], json!(["organization", "balance"]));
    assert_eq!(refused["errors"][0]["extensions"]["requestId"], "e2e");

    check_money(answers);

    assert_eq!(answer(answers, "the root alone").data(), json!({ "__typename": "Query" }));
    let introspected = answer(answers, "introspection beside data").data();
    assert_eq!(introspected["__type"]["kind"], "INTERFACE");
    assert_eq!(introspected["organization"]["slug"], "acme");

    let lines = answer(answers, "a union over two subgraphs").data().to_string();
    assert!(lines.contains("Roadrunner") && lines.contains("Handling, Acme"), "{lines}");
    let provided = answer(answers, "provided and required").data();
    assert!(
        provided["organization"]["invoices"]["nodes"][0]["order"]["amountDue"]["amount"].is_i64(),
        "{provided:#}"
    );
    assert_eq!(answer(answers, "an id of nobody").data(), json!({ "order": null, "invoice": null }));

    let bad = answer(answers, "bad arguments").json();
    assert_eq!(error_codes(&bad).len(), 2, "{bad:#}");
    assert!(error_codes(&bad).iter().all(|code| *code == "BAD_USER_INPUT"), "{bad:#}");
    assert_eq!(bad["data"]["organization"]["orders"], Value::Null);
    for (name, expected) in
        [("not in the schema", "GRAPHQL_VALIDATION_FAILED"), ("not GraphQL", "GRAPHQL_PARSE_FAILED")]
    {
        let refused = answer(answers, name).json();
        assert!(!error_codes(&refused).is_empty(), "{refused:#}");
        assert!(error_codes(&refused).iter().all(|code| *code == expected), "{refused:#}");
    }
}

/// What is due adds up, whatever is on an invoice; people see their own account, and a role too few no other.
fn check_money(answers: &[(&'static str, Answer)]) {
    let due = answer(answers, "what is due").data();
    let nodes = due["organization"]["orders"]["nodes"].as_array().unwrap();
    let (mut paid, mut charged_fees) = (0, 0);
    for order in nodes {
        let amount = |of: &Value| of["amount"].as_i64().unwrap();
        let (due, invoice) = (amount(&order["amountDue"]), &order["invoice"]);
        if invoice.is_null() {
            assert_eq!(order["amountDue"], order["total"], "{order:#}");
            continue;
        }
        assert_eq!(due, amount(&invoice["total"]) - amount(&invoice["paid"]), "{order:#}");
        assert!(due >= 0, "{order:#}");
        if invoice["status"] == "PAID" {
            assert_eq!(due, 0, "{order:#}");
            paid += 1;
            charged_fees += usize::from(amount(&invoice["total"]) > amount(&order["total"]));
        }
    }
    assert!(paid > 10 && charged_fees > 5, "{paid} paid, {charged_fees} with fees");

    let references = answer(answers, "an interface whose members are two subgraphs'").data();
    for kind in ["Order", "Invoice"] {
        let mut of_kind = Vec::new();
        for invoice in references["organization"]["invoices"]["nodes"].as_array().unwrap() {
            let nodes = invoice["payments"]["nodes"].as_array().unwrap().iter();
            of_kind.extend(nodes.map(|node| &node["reference"]).filter(|one| one["__typename"] == kind));
        }
        assert!(!of_kind.is_empty(), "{references:#}");
        for reference in of_kind {
            let own =
                if kind == "Order" { &reference["placedBy"]["displayName"] } else { &reference["dueAt"] };
            assert!(reference["number"].is_string() && own.is_string(), "{reference:#}");
            assert!(reference["total"]["amount"].is_i64(), "{reference:#}");
        }
    }

    let own = answer(answers, "one's own account").data();
    assert!(own["me"]["account"]["balance"]["amount"].is_i64(), "{own:#}");
    let others = answer(answers, "others' accounts").json();
    let user = &others["data"]["organization"]["members"]["nodes"][0]["user"];
    assert!(user["email"].is_string() && user["account"].is_null(), "{others:#}");
    for field in ["account", "invoices"] {
        assert_eq!(others["data"]["organization"][field], Value::Null, "{others:#}");
    }
    assert_eq!(error_codes(&others), ["FORBIDDEN"; 3]);
}

/// Who is not known is told so, in the words of RFC 6750.
async fn check_strangers(platform: &Platform) {
    for token in [None, Some("nonsense"), Some("eyJhbGciOiJub25lIn0.e30.")] {
        let answer = e2e::Client::new(&platform.url, token).ask("{ __typename }").await;
        assert_eq!(answer.status, 401);
        assert!(answer.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer realm="));
        assert_eq!(error_codes(&answer.json()), ["UNAUTHENTICATED"]);
        assert_eq!(answer.json().get("data"), None);
    }
}

/// An order is placed, seen, cancelled, and cannot be cancelled twice; an invoice is paid. The bodies of all answers, the
/// new order's id taken out.
async fn check_changes(platform: &Platform) -> Vec<String> {
    let mut bodies = Vec::new();
    let member = platform.client(("acme", "member"));
    let product =
        member.ask("{ organization { products(first: 1) { nodes { id price { amount } } } } }").await.data();
    let product = &product["organization"]["products"]["nodes"][0];
    let input = json!({ "input": { "lines": [{ "productId": product["id"], "quantity": 3 }] } });
    let place = "mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { order { id status total { amount } amountDue { amount } placedBy { email } } } }";
    let placed = told(&mut bodies, member.ask_with(place, input.clone()).await).data();
    let order = &placed["placeOrder"]["order"];
    assert_eq!(order["status"], "PLACED");
    assert_eq!(order["total"]["amount"].as_i64(), product["price"]["amount"].as_i64().map(|price| price * 3));
    assert_eq!(order["amountDue"], order["total"]);
    assert!(order["placedBy"]["email"].as_str().unwrap().ends_with("@acme.example"));

    let refused = told(&mut bodies, platform.client(VIEWER).ask_with(place, input).await).json();
    assert_eq!(error_codes(&refused), ["FORBIDDEN"]);

    let cancel = "mutation ($input: CancelOrderInput!) { cancelOrder(input: $input) { order { status } } }";
    let input = json!({ "input": { "orderId": order["id"], "reason": "a test" } });
    let unseen = told(&mut bodies, platform.client(GLOBEX).ask_with(cancel, input.clone()).await).json();
    assert_eq!(error_codes(&unseen), ["NOT_FOUND"]);
    let cancelled = told(&mut bodies, member.ask_with(cancel, input.clone()).await).data();
    assert_eq!(cancelled["cancelOrder"]["order"]["status"], "CANCELLED");
    let again = told(&mut bodies, member.ask_with(cancel, input).await).json();
    assert_eq!(error_codes(&again), ["CONFLICT"]);

    let owner = platform.client(OWNER);
    let open = owner.ask("{ organization { invoices(first: 1, status: OPEN) { nodes { id total { amount currency } paid { amount } } } balance { amount } } }").await.data();
    let invoice = &open["organization"]["invoices"]["nodes"][0];
    let due = invoice["total"]["amount"].as_i64().unwrap() - invoice["paid"]["amount"].as_i64().unwrap();
    let pay = "mutation ($input: PayInvoiceInput!) { payInvoice(input: $input) { invoice { status } payment { amount { amount } } } }";
    let amount = json!({ "amount": due, "currency": invoice["total"]["currency"] });
    let input = json!({ "input": { "invoiceId": invoice["id"], "amount": amount, "method": "CARD" } });
    let paid = told(&mut bodies, owner.ask_with(pay, input.clone()).await).data();
    assert_eq!(paid["payInvoice"]["invoice"]["status"], "PAID");
    let again = told(&mut bodies, owner.ask_with(pay, input).await).json();
    assert_eq!(error_codes(&again), ["CONFLICT"]);
    let after = owner.ask("{ organization { balance { amount } } }").await.data();
    let fallen = open["organization"]["balance"]["amount"].as_i64().unwrap()
        - after["organization"]["balance"]["amount"].as_i64().unwrap();
    assert_eq!(fallen, due);

    let invite = "mutation ($input: InviteUserInput!) { inviteUser(input: $input) { membership { status role user { email } } } }";
    let input = json!({ "input": { "email": "new.person@acme.example", "displayName": "New Person", "role": "MEMBER" } });
    assert_eq!(error_codes(&member.ask_with(invite, input.clone()).await.json()), ["FORBIDDEN"]);
    // The second is refused, and the first has happened: the answer says both.
    let twice = "mutation ($input: InviteUserInput!) { first: inviteUser(input: $input) { membership { status } } second: inviteUser(input: $input) { membership { status } } }";
    let invited = told(&mut bodies, owner.ask_with(twice, input).await).json();
    let expected = json!({ "first": { "membership": { "status": "INVITED" } }, "second": null });
    assert_eq!(invited["data"], expected, "{invited:#}");
    assert_eq!(error_codes(&invited), ["CONFLICT"]);
    let id = order["id"].as_str().unwrap();
    bodies.into_iter().map(|body| body.replace(id, "ID")).collect()
}

/// Keeps an answer's body.
fn told(bodies: &mut Vec<String>, answer: Answer) -> Answer {
    bodies.push(String::from_utf8(answer.body.to_vec()).unwrap());
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn one_process_on_sqlite() {
    let platform = Platform::embedded().await;
    check(&answers(&platform).await);
    check_strangers(&platform).await;
    check_changes(&platform).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_processes_on_postgres_give_the_same_bytes() {
    let (embedded, mut split) = (Platform::embedded().await, Platform::split_on_postgres().await);
    let (one, four) = (answers(&embedded).await, answers(&split).await);
    check(&four);
    for ((name, one), (_, four)) in one.iter().zip(&four) {
        assert_eq!(one.body, four.body, "{name}");
        assert_eq!(one.status, four.status, "{name}");
    }
    check_strangers(&split).await;
    assert_eq!(check_changes(&embedded).await, check_changes(&split).await);
    check_trace(&mut split).await;
}

/// One trace and one request id go through all four processes, in their log lines.
async fn check_trace(split: &mut Platform) {
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    let headers =
        [("traceparent", parent.as_str()), ("tributary-explain", "trace"), ("x-request-id", "follow-me")];
    let answer = split.client(OWNER).send(&json!({ "query": LATEST }), &headers).await.json();
    assert_eq!(answer["extensions"]["tributary"]["traceId"], trace);
    assert_eq!(answer["extensions"]["tributary"]["requestId"], "follow-me");
    for (name, process) in &mut split.processes {
        process.wait_for(|line| (line.contains(trace) && line.contains("follow-me")).then_some(()));
        assert!(!process.lines().iter().any(|line| line.contains("Bearer ")), "{name} logs a token");
    }
}
