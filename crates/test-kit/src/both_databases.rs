/// Runs each scenario once on SQLite and once on PostgreSQL: `on_both_databases! { Orders: one other }` for
/// `async fn one(orders: Orders)` where `Orders` has `on_sqlite()` and `on_postgres()`. What needs the server has
/// `postgres` in its path.
#[macro_export]
macro_rules! on_both_databases {
    ($subgraph:ident: $($scenario:ident)*) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    super::$scenario(super::$subgraph::on_sqlite().await).await;
                }
            )*
        }

        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $scenario() {
                    super::$scenario(super::$subgraph::on_postgres().await).await;
                }
            )*
        }
    };
}
