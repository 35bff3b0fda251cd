//! Paging: every row once, in order, whatever the size and the direction.

use auth::TenantId;
use billing::seed::{Dataset, InvoiceStatus, Payment};
use chrono::TimeDelta;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::fixtures::{Kind, account, acme, beginning, books, id, invoice, payment, tenant};
use crate::support::Billing;

test_kit::on_both_databases! { Billing: any_page_size_reads_all rows_that_come_while_paging arguments_that_make_no_sense }

const PAGE: &str = "query ($r: [_Any!]!, $first: Int, $after: String, $last: Int, $before: String, $status: InvoiceStatus) {
  _entities(representations: $r) {
    ... on Organization { invoices(first: $first, after: $after, last: $last, before: $before, status: $status) { ...Page } }
    ... on CustomerAccount { invoices(first: $first, after: $after, last: $last, before: $before) { ...Page } }
    ... on Invoice {
      payments(first: $first, after: $after, last: $last, before: $before) { nodes { id } pageInfo { ...Place } }
    }
  }
}
fragment Page on InvoiceConnection { nodes { id } pageInfo { ...Place } }
fragment Place on PageInfo { hasNextPage hasPreviousPage startCursor endCursor }";

#[derive(Debug, Clone, Copy)]
enum Way {
    Forward,
    Backward,
}

/// Reads a connection to its end, page by page; the ids in the order of the list.
async fn walk(
    billing: &Billing,
    tenant: TenantId,
    of: &Value,
    status: Value,
    size: usize,
    way: Way,
) -> Vec<String> {
    let mut read: Vec<String> = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut variables = json!({ "r": [of], "status": status });
        let (count, from) = match way {
            Way::Forward => ("first", "after"),
            Way::Backward => ("last", "before"),
        };
        variables[count] = json!(size);
        variables[from] = cursor;
        let answer = billing.ask(tenant, PAGE, variables).await;
        let list = if of["__typename"] == "Invoice" { "payments" } else { "invoices" };
        let page = &answer.data()["_entities"][0][list];
        let ids =
            page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned());
        let more = match way {
            Way::Forward => {
                read.extend(ids);
                cursor = page["pageInfo"]["endCursor"].clone();
                &page["pageInfo"]["hasNextPage"]
            }
            Way::Backward => {
                read.splice(0..0, ids);
                cursor = page["pageInfo"]["startCursor"].clone();
                &page["pageInfo"]["hasPreviousPage"]
            }
        };
        if more == false {
            return read;
        }
        assert!(!cursor.is_null(), "more rows, and no way to them: {page}");
    }
}

fn organization(tenant: TenantId) -> Value {
    json!({ "__typename": "Organization", "id": tenant })
}

/// The minute it is issued in, whether it is void, and of which of two accounts it is.
type Drawn = (i64, bool, usize);

fn drawn(tenant: TenantId, rows: &[Drawn]) -> Dataset {
    let mut data = Dataset { accounts: vec![account(tenant, 0), account(tenant, 1)], ..Dataset::default() };
    for (number, (minute, void, account)) in rows.iter().enumerate() {
        let mut invoice = invoice(tenant, number, *account, None);
        invoice.issued_at = beginning() + TimeDelta::minutes(*minute);
        if *void {
            invoice.status = InvoiceStatus::Void;
        }
        // All payments are of the first invoice: one that is void may have been paid before.
        if let Some(first) = data.invoices.first() {
            let paid_at = beginning() + TimeDelta::minutes(*minute);
            data.payments.push(Payment { paid_at, ..payment(first, number, 1) });
        }
        data.invoices.push(invoice);
    }
    data
}

/// Newest first, the greater id first within a moment.
fn expected(data: &Dataset, wanted: impl Fn(&billing::seed::Invoice) -> bool) -> Vec<String> {
    let mut invoices: Vec<_> = data.invoices.iter().filter(|invoice| wanted(invoice)).collect();
    invoices.sort_by_key(|invoice| std::cmp::Reverse((invoice.issued_at, invoice.id)));
    invoices.iter().map(|invoice| invoice.id.to_string()).collect()
}

fn expected_payments(data: &Dataset) -> Vec<String> {
    let mut payments: Vec<_> = data.payments.iter().collect();
    payments.sort_by_key(|payment| std::cmp::Reverse((payment.paid_at, payment.id)));
    payments.iter().map(|payment| payment.id.to_string()).collect()
}

async fn any_page_size_reads_all(billing: Billing) {
    let rows = prop::collection::vec((0_i64..6, any::<bool>(), 0_usize..2), 0..40);
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() });
    let runtime = tokio::runtime::Handle::current();
    // A tenant of its own for each case.
    let tenants = std::cell::Cell::new(0_u8);
    let outcome = runner.run(&(rows, 1_usize..12), |(rows, size)| {
        tenants.set(tenants.get().wrapping_add(1));
        let tenant = tenant(tenants.get());
        let data = drawn(tenant, &rows);
        let check = async {
            billing.load(&data).await;
            let account = id(tenant, Kind::Account, 1);
            let of_account = json!({ "__typename": "CustomerAccount", "id": account });
            for way in [Way::Forward, Way::Backward] {
                let all = walk(&billing, tenant, &organization(tenant), Value::Null, size, way).await;
                prop_assert_eq!(all, expected(&data, |_| true));
                let void = walk(&billing, tenant, &organization(tenant), json!("VOID"), size, way).await;
                prop_assert_eq!(void, expected(&data, |invoice| invoice.status == InvoiceStatus::Void));
                let of_account = walk(&billing, tenant, &of_account, Value::Null, size, way).await;
                prop_assert_eq!(of_account, expected(&data, |invoice| invoice.account_id == account));
                if let Some(invoice) = data.invoices.first() {
                    let of = json!({ "__typename": "Invoice", "id": invoice.id });
                    let payments = walk(&billing, tenant, &of, Value::Null, size, way).await;
                    prop_assert_eq!(payments, expected_payments(&data));
                }
            }
            Ok(())
        };
        tokio::task::block_in_place(|| runtime.block_on(check))
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
}

/// A page before and a page after somebody pays: paying changes no position, and so no row is skipped or repeated.
async fn rows_that_come_while_paging(billing: Billing) {
    let billing = billing.with(&books(acme(), 9)).await;
    let page = |after: Value| json!({ "r": [organization(acme())], "first": 4, "after": after });
    let first = billing.ask(acme(), PAGE, page(Value::Null)).await;
    let first = &first.data()["_entities"][0]["invoices"];
    let pay = "mutation ($id: ID!) { payInvoice(input: { invoiceId: $id, method: CARD, amount: { amount: 600, currency: \"EUR\" } }) { invoice { status } } }";
    billing.ask(acme(), pay, json!({ "id": id(acme(), Kind::Invoice, 6) })).await.data();
    let rest = billing.ask(acme(), PAGE, page(first["pageInfo"]["endCursor"].clone())).await;
    let rest = &rest.data()["_entities"][0]["invoices"];
    let ids = |page: &Value| -> Vec<String> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
    };
    let expected: Vec<String> =
        (1..9).rev().map(|number| id(acme(), Kind::Invoice, number).to_string()).collect();
    assert_eq!([ids(first), ids(rest)].concat(), expected);
}

async fn arguments_that_make_no_sense(billing: Billing) {
    let billing = billing.with(&books(acme(), 2)).await;
    let cases = [
        (json!({ "first": -1 }), "first"),
        (json!({ "first": 101 }), "first"),
        (json!({ "last": 101 }), "last"),
        (json!({ "first": 1, "last": 1 }), "last"),
        (json!({ "first": 1, "after": "nonsense" }), "after"),
        (json!({ "last": 1, "before": "" }), "before"),
    ];
    let invoice = json!({ "__typename": "Invoice", "id": id(acme(), Kind::Invoice, 0) });
    for (of, list) in [(organization(acme()), "invoices"), (invoice, "payments")] {
        for (mut variables, field) in cases.clone() {
            variables["r"] = json!([of]);
            let answer = billing.ask(acme(), PAGE, variables.clone()).await;
            assert_eq!(answer.error(), ("BAD_USER_INPUT", Some(field)), "{variables}");
            assert_eq!(answer.body["data"]["_entities"], json!([{ list: null }]), "{variables}");
        }
    }
}
