//! PostgreSQL keeps the tenants apart by itself, on every table that there is.

use subgraph_kit::service::Trust;
use test_kit::Intruder;

use crate::support::{Users, tenant};

#[tokio::test(flavor = "multi_thread")]
async fn an_intruder_on_postgres_finds_nothing() {
    let users = Users::start().await;
    let (own, other) = (tenant(1).to_string(), tenant(2).to_string());
    let database = users.place.server();
    let intruder = Intruder { database, own: &own, other: &other, platform: &[] };
    intruder.finds_and_changes_nothing().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn no_table_of_postgres_may_lack_its_policy() {
    let users = Users::start().await;
    let database = users.place.server();
    let intruder = Intruder { database, own: "", other: "", platform: &[] };
    let mut bare = Vec::new();
    for table in intruder.tables().unwrap() {
        database.query(&format!("DROP POLICY rows_of_the_tenant ON {table}")).unwrap();
        bare.push(table);
        let config = users::Config { database: users.place.config(), ..users::Config::default() };
        let trust = Trust { keys: users.issuer.key_ring(), clock: users.clock.clone() };
        let refused = users::build(config, trust).await.err().unwrap().to_string();
        assert!(
            refused.starts_with(&format!("TABLE_WITHOUT_ROW_SECURITY: {} ", bare.join(", "))),
            "{refused}"
        );
    }
}
