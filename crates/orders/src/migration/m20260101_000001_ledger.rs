//! Products, orders with their lines, and the numbers of orders.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260101_000001_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [products(), orders(), order_lines(), order_numbers()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn products() -> TableCreateStatement {
    Table::create()
        .table("products")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("sku").string_len(64).not_null())
        .col(ColumnDef::new("name").string_len(200).not_null())
        .col(ColumnDef::new("price_amount").big_integer().not_null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("weight_grams").integer().not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .check(("products_price", Expr::col("price_amount").gte(0)))
        .to_owned()
}

fn orders() -> TableCreateStatement {
    Table::create()
        .table("orders")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("number").string_len(40).not_null())
        .col(ColumnDef::new("status").string_len(16).not_null())
        .col(ColumnDef::new("placed_by").uuid().not_null())
        .col(ColumnDef::new("placed_at").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("total_amount").big_integer().not_null())
        .col(ColumnDef::new("cancel_reason").string_len(500))
        .primary_key(Index::create().col("tenant_id").col("id"))
        // What lines refer to.
        .index(
            Index::create().unique().name("orders_with_currency").col("tenant_id").col("id").col("currency"),
        )
        .check(("orders_total", Expr::col("total_amount").gte(0)))
        .to_owned()
}

fn order_lines() -> TableCreateStatement {
    Table::create()
        .table("order_lines")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("order_id").uuid().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("product_id").uuid().not_null())
        .col(ColumnDef::new("quantity").integer().not_null())
        .col(ColumnDef::new("unit_price_amount").big_integer().not_null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .index(
            Index::create()
                .unique()
                .name("order_lines_in_order")
                .col("tenant_id")
                .col("order_id")
                .col("position"),
        )
        // All lines of an order are in its currency, so that they add up.
        .foreign_key(
            ForeignKey::create()
                .name("order_lines_order")
                .from("order_lines", ("tenant_id", "order_id", "currency"))
                .to("orders", ("tenant_id", "id", "currency")),
        )
        .foreign_key(
            ForeignKey::create()
                .name("order_lines_product")
                .from("order_lines", ("tenant_id", "product_id"))
                .to("products", ("tenant_id", "id")),
        )
        .check(("order_lines_quantity", Expr::col("quantity").gt(0)))
        .to_owned()
}

fn order_numbers() -> TableCreateStatement {
    Table::create()
        .table("order_numbers")
        .col(ColumnDef::new("tenant_id").uuid().not_null().primary_key())
        .col(ColumnDef::new("last").big_integer().not_null())
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 6] {
    [
        index("products_by_sku", "products", &["sku"]).unique().to_owned(),
        newest_first("products_by_age", "products", &[], "created_at"),
        index("orders_by_number", "orders", &["number"]).unique().to_owned(),
        newest_first("orders_by_age", "orders", &[], "placed_at"),
        newest_first("orders_by_status", "orders", &["status"], "placed_at"),
        newest_first("orders_by_user", "orders", &["placed_by"], "placed_at"),
    ]
}

fn index(name: &str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table).col("tenant_id");
    for column in columns {
        index.col(*column);
    }
    index
}

/// Rows newest first, all or those of a filter: a page is one range of an index.
fn newest_first(
    name: &str,
    table: &'static str,
    filter: &[&'static str],
    at: &'static str,
) -> IndexCreateStatement {
    index(name, table, filter).col((at, IndexOrder::Desc)).col(("id", IndexOrder::Desc)).to_owned()
}
