//! PostgreSQL keeps the tenants apart by itself, on every table that there is.

use test_kit::{Intruder, Postgres};

use crate::fixtures::{acme, books, globex};
use crate::support::{Billing, on_server};

#[tokio::test(flavor = "multi_thread")]
async fn an_intruder_on_postgres_finds_nothing() {
    let database = Postgres::shared().unwrap().create_database("billing").unwrap();
    let billing = Billing::start(on_server(&database), ()).await;
    let _billing = billing.with(&books(acme(), 5)).await.with(&books(globex(), 5)).await;
    let (own, other) = (acme().to_string(), globex().to_string());
    let intruder = Intruder { database: &database, own: &own, other: &other, platform: &[] };
    intruder.finds_and_changes_nothing().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_of_postgres_may_lack_its_policy() {
    let database = Postgres::shared().unwrap().create_database("billing").unwrap();
    let billing = Billing::start(on_server(&database), ()).await;
    let intruder = Intruder { database: &database, own: "", other: "", platform: &[] };
    let mut bare = Vec::new();
    for table in intruder.tables().unwrap() {
        database.query(&format!("DROP POLICY rows_of_the_tenant ON {table}")).unwrap();
        bare.push(table);
        let refused = billing.start_again(on_server(&database)).await.err().unwrap().to_string();
        assert!(
            refused.starts_with(&format!("TABLE_WITHOUT_ROW_SECURITY: {} ", bare.join(", "))),
            "{refused}"
        );
    }
}
