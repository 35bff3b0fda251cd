//! Accounts, fees, invoices with their lines, and payments.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20260101_000001_books"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [accounts(), fees(), invoices(), invoice_lines(), payments()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn accounts() -> TableCreateStatement {
    Table::create()
        .table("accounts")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("party_kind").string_len(16).not_null())
        .col(ColumnDef::new("party_id").uuid().not_null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("opened_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        // What invoices refer to.
        .index(
            Index::create()
                .unique()
                .name("accounts_with_currency")
                .col("tenant_id")
                .col("id")
                .col("currency"),
        )
        .to_owned()
}

fn fees() -> TableCreateStatement {
    Table::create()
        .table("fees")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("description").string_len(200).not_null())
        .col(ColumnDef::new("created_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .to_owned()
}

fn invoices() -> TableCreateStatement {
    let total = || Expr::col("total_amount");
    let paid = || Expr::col("paid_amount");
    Table::create()
        .table("invoices")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("number").string_len(40).not_null())
        .col(ColumnDef::new("status").string_len(16).not_null())
        .col(ColumnDef::new("account_id").uuid().not_null())
        .col(ColumnDef::new("order_id").uuid())
        .col(ColumnDef::new("order_number").string_len(40))
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("total_amount").big_integer().not_null())
        .col(ColumnDef::new("paid_amount").big_integer().not_null())
        .col(ColumnDef::new("issued_at").timestamp_with_time_zone().not_null())
        .col(ColumnDef::new("due_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        // An invoice is in the currency of its account, so that what is open on an account adds up.
        .foreign_key(
            ForeignKey::create()
                .name("invoices_account")
                .from("invoices", ("tenant_id", "account_id", "currency"))
                .to("accounts", ("tenant_id", "id", "currency")),
        )
        // Whatever the program does: never more is paid than there is to pay, and paid means all of it.
        .check(("invoices_never_overpaid", paid().gte(0).and(paid().lte(total()))))
        .check(("invoices_paid_in_full", Expr::col("status").ne("paid").or(paid().eq(total()))))
        .check(("invoices_order", all_or_none("order_id", "order_number")))
        .to_owned()
}

fn all_or_none(left: &'static str, right: &'static str) -> SimpleExpr {
    let all = Expr::col(left).is_not_null().and(Expr::col(right).is_not_null());
    all.or(Expr::col(left).is_null().and(Expr::col(right).is_null()))
}

fn invoice_lines() -> TableCreateStatement {
    let product = Expr::col("sku").is_not_null().and(Expr::col("fee_id").is_null());
    let fee = Expr::col("sku").is_null().and(Expr::col("fee_id").is_not_null());
    Table::create()
        .table("invoice_lines")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("invoice_id").uuid().not_null())
        .col(ColumnDef::new("position").integer().not_null())
        .col(ColumnDef::new("sku").string_len(64))
        .col(ColumnDef::new("fee_id").uuid())
        .col(ColumnDef::new("quantity").integer().not_null())
        .col(ColumnDef::new("amount").big_integer().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .index(
            Index::create()
                .unique()
                .name("invoice_lines_in_order")
                .col("tenant_id")
                .col("invoice_id")
                .col("position"),
        )
        .foreign_key(
            ForeignKey::create()
                .name("invoice_lines_invoice")
                .from("invoice_lines", ("tenant_id", "invoice_id"))
                .to("invoices", ("tenant_id", "id")),
        )
        .foreign_key(
            ForeignKey::create()
                .name("invoice_lines_fee")
                .from("invoice_lines", ("tenant_id", "fee_id"))
                .to("fees", ("tenant_id", "id")),
        )
        .check(("invoice_lines_one_item", product.or(fee)))
        .check(("invoice_lines_quantity", Expr::col("quantity").gt(0)))
        .to_owned()
}

fn payments() -> TableCreateStatement {
    Table::create()
        .table("payments")
        .col(ColumnDef::new("tenant_id").uuid().not_null())
        .col(ColumnDef::new("id").uuid().not_null())
        .col(ColumnDef::new("invoice_id").uuid().not_null())
        .col(ColumnDef::new("amount").big_integer().not_null())
        .col(ColumnDef::new("currency").string_len(3).not_null())
        .col(ColumnDef::new("method").string_len(16).not_null())
        .col(ColumnDef::new("paid_at").timestamp_with_time_zone().not_null())
        .primary_key(Index::create().col("tenant_id").col("id"))
        .foreign_key(
            ForeignKey::create()
                .name("payments_invoice")
                .from("payments", ("tenant_id", "invoice_id"))
                .to("invoices", ("tenant_id", "id")),
        )
        .check(("payments_positive", Expr::col("amount").gt(0)))
        .to_owned()
}

fn indexes() -> [IndexCreateStatement; 9] {
    [
        // A party has one account, so a balance has one currency.
        index("accounts_by_party", "accounts", &["party_kind", "party_id"]).unique().to_owned(),
        index("invoices_by_number", "invoices", &["number"]).unique().to_owned(),
        index("invoices_by_order", "invoices", &["order_id"]),
        // An order is invoiced once; a void invoice makes room for another.
        index("invoices_one_for_an_order", "invoices", &["order_id"])
            .unique()
            .and_where(Expr::col("status").ne("void"))
            .to_owned(),
        newest_first("invoices_by_age", &[]),
        newest_first("invoices_by_status", &["status"]),
        newest_first("invoices_by_account", &["account_id"]),
        // What is open on an account is found without reading what was paid long ago.
        index("invoices_open_on_account", "invoices", &["account_id", "status"]),
        index("payments_by_invoice", "payments", &["invoice_id", "paid_at", "id"]),
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

/// Invoices newest first, all or those of a filter: a page is one range of an index.
fn newest_first(name: &str, filter: &[&'static str]) -> IndexCreateStatement {
    index(name, "invoices", filter)
        .col(("issued_at", IndexOrder::Desc))
        .col(("id", IndexOrder::Desc))
        .to_owned()
}
