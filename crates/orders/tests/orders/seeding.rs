//! Rows to start with.

use orders::seed::{self, Dataset, LoadError};
use serde_json::json;
use uuid::Uuid;

use crate::fixtures::{Kind, PRODUCTS, acme, globex, id, ledger};
use crate::support::Orders;

test_kit::on_both_databases! { Orders: loads_each_tenant_once contradictions_are_refused }

/// Makes a dataset that cannot be.
type Contradict = fn(&mut Dataset);

async fn loads_each_tenant_once(orders: Orders) {
    let (mut data, of_globex) = (ledger(acme(), 4), ledger(globex(), 3));
    let mut told = Vec::new();
    seed::load(orders.service.database(), &data, &mut |done| told.push(done)).await.unwrap();
    let all = u64::try_from(PRODUCTS + 4).unwrap();
    assert!(told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&all));

    // A tenant that is there stays as it is, one that is new comes in.
    let cancel = "mutation ($id: ID!) { cancelOrder(input: { orderId: $id }) { order { status } } }";
    orders.ask(acme(), cancel, json!({ "id": id(acme(), Kind::Order, 0) })).await.data();
    data.products.extend(of_globex.products);
    data.orders.extend(of_globex.orders);
    for _ in 0..2 {
        let mut done = 0;
        seed::load(orders.service.database(), &data, &mut |records| done = records).await.unwrap();
        assert_eq!(done, all + u64::try_from(PRODUCTS + 3).unwrap());
    }
    for (tenant, status) in [(acme(), "CANCELLED"), (globex(), "PLACED")] {
        let query = "query ($id: ID!) { order(id: $id) { status } }";
        let answer = orders.ask(tenant, query, json!({ "id": id(tenant, Kind::Order, 0) })).await;
        assert_eq!(answer.data()["order"]["status"], status);
    }
}

async fn contradictions_are_refused(orders: Orders) {
    let cases: [(&str, Contradict); 9] = [
        ("a line's product is not there", |data| data.orders[0].lines[0].product_id = Uuid::nil()),
        ("a line's product is another tenant's", |data| {
            data.orders[0].lines[0].product_id = id(globex(), Kind::Product, 0);
        }),
        ("a total out of range", |data| data.orders[1].lines[0].unit_price_amount = i64::MAX),
        ("a total that clients cannot read is out of range", |data| {
            data.orders[1].lines[0].unit_price_amount = 1 << 53;
        }),
        ("a price out of range", |data| data.products[0].price_amount = 1 << 53),
        ("a price below nothing", |data| data.products[0].price_amount = -1),
        ("a line of nothing", |data| data.orders[0].lines[0].quantity = 0),
        ("the same number twice", |data| data.orders[1].number = data.orders[0].number.clone()),
        ("the same SKU twice", |data| data.products[1].sku = data.products[0].sku.clone()),
    ];
    orders.load(&ledger(globex(), 1)).await;
    for (case, contradict) in cases {
        let mut data = ledger(acme(), 3);
        contradict(&mut data);
        match seed::load(orders.service.database(), &data, &mut |_| ()).await {
            Err(LoadError::OutOfRange(_)) => assert!(case.ends_with("out of range"), "{case}"),
            Err(LoadError::Database(_)) => assert!(!case.ends_with("out of range"), "{case}"),
            Ok(()) => panic!("{case}: loaded"),
        }
    }
    // Nothing of them stayed.
    orders.load(&ledger(acme(), 3)).await;
    let query = "query ($id: ID!) { order(id: $id) { number } }";
    let answer = orders.ask(acme(), query, json!({ "id": id(acme(), Kind::Order, 2) })).await;
    assert_eq!(answer.data()["order"]["number"], "A-000003");
}
