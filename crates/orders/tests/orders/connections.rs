//! Paging: every row once, in order, whatever the size and the direction.

use auth::TenantId;
use chrono::TimeDelta;
use orders::seed::{Dataset, Order, OrderStatus};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::fixtures::{BUYERS, Kind, acme, beginning, id, ledger, order, status, tenant, user};
use crate::support::Orders;

test_kit::on_both_databases! {
    Orders:
    any_page_size_reads_all
    rows_that_come_while_paging
    filters_narrow_the_list
    arguments_that_make_no_sense
}

const PAGE: &str = "query ($r: [_Any!]!, $first: Int, $after: String, $last: Int, $before: String, $filter: OrderFilter) {
  _entities(representations: $r) {
    ... on Organization { orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) { ...Page } }
    ... on User { orders(first: $first, after: $after, last: $last, before: $before, filter: $filter) { ...Page } }
  }
}
fragment Page on OrderConnection {
  edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}";

#[derive(Debug, Clone, Copy)]
enum Way {
    Forward,
    Backward,
}

/// Reads a connection to its end, page by page.
struct Walk<'a> {
    orders: &'a Orders,
    tenant: TenantId,
    of: Value,
    filter: Value,
    way: Way,
    cursor: Value,
    /// The ids in the order of the list.
    read: Vec<String>,
}

impl<'a> Walk<'a> {
    fn new(orders: &'a Orders, tenant: TenantId, of: Value, way: Way) -> Self {
        Self { orders, tenant, of, filter: Value::Null, way, cursor: Value::Null, read: Vec::new() }
    }

    /// Reads one more page; whether more follow.
    async fn step(&mut self, size: usize) -> bool {
        let (count, from) = match self.way {
            Way::Forward => ("first", "after"),
            Way::Backward => ("last", "before"),
        };
        let mut variables = json!({ "r": [self.of], "filter": self.filter });
        variables[count] = json!(size);
        variables[from] = self.cursor.clone();
        let answer = self.orders.ask(self.tenant, PAGE, variables).await;
        let page = &answer.data()["_entities"][0]["orders"];
        let edges = page["edges"].as_array().unwrap();
        let cursor = |edge: Option<&Value>| edge.map_or(Value::Null, |edge| edge["cursor"].clone());
        assert_eq!(page["pageInfo"]["startCursor"], cursor(edges.first()));
        assert_eq!(page["pageInfo"]["endCursor"], cursor(edges.last()));
        let nodes: Vec<&Value> = edges.iter().map(|edge| &edge["node"]).collect();
        assert_eq!(page["nodes"], json!(nodes));
        let ids = nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned());
        let (end, more) = match self.way {
            Way::Forward => {
                self.read.extend(ids);
                ("endCursor", "hasNextPage")
            }
            Way::Backward => {
                self.read.splice(0..0, ids);
                ("startCursor", "hasPreviousPage")
            }
        };
        self.cursor = page["pageInfo"][end].clone();
        page["pageInfo"][more] == true
    }

    async fn read_all(mut self, size: usize) -> Vec<String> {
        while self.step(size).await {}
        self.read
    }
}

fn organization(tenant: TenantId) -> Value {
    json!({ "__typename": "Organization", "id": tenant })
}

fn buyer(tenant: TenantId, number: usize) -> Value {
    json!({ "__typename": "User", "id": user(tenant, number) })
}

/// The minute an order is placed in, its status, and by which of two users.
type Drawn = (i64, usize, usize);

fn drawn(tenant: TenantId, rows: &[Drawn]) -> Dataset {
    let mut data = ledger(tenant, rows.len());
    for (order, (minute, kind, placed_by)) in data.orders.iter_mut().zip(rows) {
        order.placed_at = beginning() + TimeDelta::minutes(*minute);
        order.status = status(*kind);
        order.placed_by = user(tenant, *placed_by);
    }
    data
}

/// Which orders are wanted.
type Wanted<'a> = Box<dyn Fn(&Order) -> bool + 'a>;

/// Newest first, the greater id first within a moment.
fn expected(data: &Dataset, wanted: impl Fn(&Order) -> bool) -> Vec<String> {
    let mut orders: Vec<_> = data.orders.iter().filter(|order| wanted(order)).collect();
    orders.sort_by_key(|order| std::cmp::Reverse((order.placed_at, order.id)));
    orders.iter().map(|order| order.id.to_string()).collect()
}

/// Runs a check on values that proptest draws, each time with a tenant that has nothing yet.
fn for_any<T: std::fmt::Debug>(
    rows: impl Strategy<Value = T>,
    check: impl AsyncFn(TenantId, T) -> Result<(), TestCaseError>,
) {
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Handle::current();
    let tenants = std::cell::Cell::new(0_u8);
    let outcome = runner.run(&rows, |rows| {
        tenants.set(tenants.get().checked_add(1).unwrap());
        let check = check(tenant(tenants.get()), rows);
        tokio::task::block_in_place(|| runtime.block_on(check))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

async fn any_page_size_reads_all(orders: Orders) {
    let rows = prop::collection::vec((0_i64..6, 0_usize..4, 0_usize..2), 0..40);
    for_any((rows, 1_usize..12), async |tenant, (rows, size)| {
        let data = drawn(tenant, &rows);
        orders.load(&data).await;
        for way in [Way::Forward, Way::Backward] {
            let all = Walk::new(&orders, tenant, organization(tenant), way).read_all(size).await;
            prop_assert_eq!(all, expected(&data, |_| true));
            let of_user = Walk::new(&orders, tenant, buyer(tenant, 1), way).read_all(size).await;
            prop_assert_eq!(of_user, expected(&data, |order| order.placed_by == user(tenant, 1)));
            for of in [organization(tenant), buyer(tenant, 0)] {
                let mut walk = Walk::new(&orders, tenant, of.clone(), way);
                walk.filter = json!({ "statuses": ["SHIPPED", "PLACED"] });
                let wanted = |order: &Order| {
                    matches!(order.status, OrderStatus::Shipped | OrderStatus::Placed)
                        && (of["__typename"] == "Organization" || order.placed_by == user(tenant, 0))
                };
                prop_assert_eq!(walk.read_all(size).await, expected(&data, wanted));
            }
        }
        Ok(())
    });
}

/// Orders come in between one page and the next: those that were there are neither skipped nor repeated.
async fn rows_that_come_while_paging(orders: Orders) {
    let rows = prop::collection::vec((0_i64..6, 0_usize..4, 0_usize..2), 1..30);
    let arrivals = prop::collection::vec(0_usize..3, 30);
    for_any((rows, 1_usize..6, arrivals), async |tenant, (rows, size, arrivals)| {
        let data = drawn(tenant, &rows);
        orders.load(&data).await;
        let there = expected(&data, |_| true);
        for way in [Way::Forward, Way::Backward] {
            let mut walk = Walk::new(&orders, tenant, organization(tenant), way);
            let mut arrivals = arrivals.iter();
            let mut more = true;
            while more {
                more = walk.step(size).await;
                for _ in 0..arrivals.next().copied().unwrap_or(0) {
                    // Newer than all, or of the same moment as others.
                    orders.clock.advance(TimeDelta::milliseconds(1));
                    place(&orders, tenant).await;
                }
            }
            let once: std::collections::BTreeSet<_> = walk.read.iter().collect();
            prop_assert_eq!(once.len(), walk.read.len());
            let read: Vec<_> = walk.read.into_iter().filter(|id| there.contains(id)).collect();
            prop_assert_eq!(&read, &there);
        }
        Ok(())
    });
}

async fn place(orders: &Orders, tenant: TenantId) {
    let query = "mutation ($id: ID!) {
      placeOrder(input: { lines: [{ productId: $id, quantity: 1 }] }) { order { id } }
    }";
    orders.ask(tenant, query, json!({ "id": id(tenant, Kind::Product, 0) })).await.data();
}

async fn filters_narrow_the_list(orders: Orders) {
    let data = ledger(acme(), 40);
    let orders = orders.with(&data).await;
    let (from, to) = (order(acme(), 9).placed_at, order(acme(), 30).placed_at);
    let cases: [(Value, Wanted<'_>); 6] = [
        (json!({}), Box::new(|_| true)),
        (json!({ "statuses": [] }), Box::new(|_| true)),
        (json!({ "statuses": ["PLACED", "PLACED"] }), Box::new(|order| order.status == OrderStatus::Placed)),
        (json!({ "placedAfter": from }), Box::new(|order| order.placed_at > from)),
        (json!({ "placedBefore": to }), Box::new(|order| order.placed_at < to)),
        (
            json!({ "statuses": ["CONFIRMED", "CANCELLED"], "placedAfter": from, "placedBefore": to }),
            Box::new(|order| {
                matches!(order.status, OrderStatus::Confirmed | OrderStatus::Cancelled)
                    && order.placed_at > from
                    && order.placed_at < to
            }),
        ),
    ];
    for (filter, wanted) in cases {
        let mut walk = Walk::new(&orders, acme(), organization(acme()), Way::Forward);
        walk.filter = filter.clone();
        assert_eq!(walk.read_all(7).await, expected(&data, wanted), "{filter}");
    }
}

async fn arguments_that_make_no_sense(orders: Orders) {
    let orders = orders.with(&ledger(acme(), 2)).await;
    let products = "query ($r: [_Any!]!) {
      _entities(representations: $r) { ... on Organization { products(first: 1) { pageInfo { endCursor } } } }
    }";
    let answer = orders.ask(acme(), products, json!({ "r": [organization(acme())] })).await;
    let of_products = &answer.data()["_entities"][0]["products"]["pageInfo"]["endCursor"];
    let cases = [
        (json!({ "first": -1 }), "first"),
        (json!({ "first": 101 }), "first"),
        (json!({ "last": 101 }), "last"),
        (json!({ "first": 1, "last": 1 }), "last"),
        (json!({ "first": 1, "after": "nonsense" }), "after"),
        (json!({ "first": 1, "after": of_products }), "after"),
        (json!({ "last": 1, "before": "" }), "before"),
    ];
    for parent in [organization(acme()), buyer(acme(), BUYERS - 1)] {
        for (mut variables, field) in cases.clone() {
            variables["r"] = json!([parent]);
            let answer = orders.ask(acme(), PAGE, variables.clone()).await;
            assert_eq!(answer.error(), ("BAD_USER_INPUT", Some(field)), "{variables}");
            // What else was asked for is answered.
            assert_eq!(answer.body["data"]["_entities"], json!([{ "orders": null }]), "{variables}");
        }
    }
}
