use std::collections::HashMap;

use async_trait::async_trait;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use subgraph_kit::fault::Fault;
use subgraph_kit::money::Currency;
use subgraph_kit::pagination::{Page, PageArguments, page, pages_by_parent};
use subgraph_kit::record::from_rows;
use subgraph_kit::tenancy::{Scoped as _, TenantDb, in_list};
use uuid::Uuid;

use super::{account, fee, invoice, invoice_line, payment};
use crate::domain::{
    self, Account, Error, Fee, Invoice, InvoiceLine, InvoicesQuery, Party, Payment, Settle, Settlement,
};

/// The rows of one tenant.
pub(crate) struct Books {
    db: TenantDb,
}

impl Books {
    pub(crate) fn new(db: TenantDb) -> Self {
        Self { db }
    }
}

#[async_trait]
impl domain::Books for Books {
    async fn accounts(&self, ids: &[Uuid]) -> Result<Vec<Account>, Error> {
        let query =
            self.db.find::<account::Entity>().filter(account::Column::Id.is_in(in_list(ids.iter().copied())));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn accounts_of(&self, parties: &[Party]) -> Result<Vec<Account>, Error> {
        let columns =
            Expr::tuple([account::Column::PartyKind.into_expr(), account::Column::PartyId.into_expr()]);
        let values = parties.iter().map(|party| {
            let (kind, id) = account::party_columns(*party, self.db.tenant());
            Expr::tuple([Expr::value(kind), Expr::value(id)])
        });
        let query = self.db.find::<account::Entity>().filter(columns.is_in(in_list(values)));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn fees(&self, ids: &[Uuid]) -> Result<Vec<Fee>, Error> {
        let query = self.db.find::<fee::Entity>().filter(fee::Column::Id.is_in(in_list(ids.iter().copied())));
        let rows = query.all(&self.db).await?;
        Ok(rows.into_iter().map(Fee::from).collect())
    }

    async fn invoices(&self, ids: &[Uuid]) -> Result<Vec<Invoice>, Error> {
        let query =
            self.db.find::<invoice::Entity>().filter(invoice::Column::Id.is_in(in_list(ids.iter().copied())));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn invoices_of_orders(&self, orders: &[Uuid]) -> Result<Vec<Invoice>, Error> {
        let orders = orders.iter().copied();
        let query = self.db.find::<invoice::Entity>().filter(invoice::Column::OrderId.is_in(in_list(orders)));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn all_invoices(&self, query: &InvoicesQuery) -> Result<Page<Invoice>, Error> {
        let mut select = self.db.find::<invoice::Entity>();
        if let Some(status) = query.status {
            select = select.filter(invoice::Column::Status.eq(invoice::Status::from(status)));
        }
        Ok(page(&self.db, select, &query.page).await?.try_map(TryFrom::try_from)?)
    }

    async fn invoices_of_accounts(
        &self,
        accounts: &[Uuid],
        arguments: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Invoice>>, Error> {
        let select = self.db.find::<invoice::Entity>();
        let parent = invoice::Column::AccountId;
        let pages = pages_by_parent(&self.db, select, parent, |row| row.account_id, accounts, arguments);
        let pages = pages.await?.into_iter();
        pages.map(|(account, page)| Ok((account, page.try_map(TryFrom::try_from)?))).collect()
    }

    async fn lines(&self, invoices: &[Uuid]) -> Result<Vec<InvoiceLine>, Error> {
        let query = self
            .db
            .find::<invoice_line::Entity>()
            .filter(invoice_line::Column::InvoiceId.is_in(in_list(invoices.iter().copied())))
            .order_by_asc(invoice_line::Column::InvoiceId)
            .order_by_asc(invoice_line::Column::Position);
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn payments(&self, ids: &[Uuid]) -> Result<Vec<Payment>, Error> {
        let query =
            self.db.find::<payment::Entity>().filter(payment::Column::Id.is_in(in_list(ids.iter().copied())));
        Ok(from_rows(query.all(&self.db).await?)?)
    }

    async fn payments_of(
        &self,
        invoices: &[Uuid],
        arguments: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Payment>>, Error> {
        let select = self.db.find::<payment::Entity>();
        let parent = payment::Column::InvoiceId;
        let pages = pages_by_parent(&self.db, select, parent, |row| row.invoice_id, invoices, arguments);
        let pages = pages.await?.into_iter();
        pages.map(|(invoice, page)| Ok((invoice, page.try_map(TryFrom::try_from)?))).collect()
    }

    async fn open_amount(&self, currency: Currency) -> Result<i64, Error> {
        let query = self
            .db
            .find::<invoice::Entity>()
            .select_only()
            .column_as(open(), "open")
            .filter(invoice::Column::Status.eq(invoice::Status::Open))
            .filter(invoice::Column::Currency.eq(currency.as_str()));
        let sum: Option<Option<i64>> = query.into_tuple().one(&self.db).await?;
        // The sum over no rows is NULL.
        Ok(sum.flatten().unwrap_or_default())
    }

    async fn open_amounts(&self, accounts: &[Uuid]) -> Result<HashMap<Uuid, i64>, Error> {
        let query = self
            .db
            .find::<invoice::Entity>()
            .select_only()
            .column(invoice::Column::AccountId)
            .column_as(open(), "open")
            .filter(invoice::Column::Status.eq(invoice::Status::Open))
            .filter(invoice::Column::AccountId.is_in(in_list(accounts.iter().copied())))
            .group_by(invoice::Column::AccountId);
        let sums: Vec<(Uuid, i64)> = query.into_tuple().all(&self.db).await?;
        Ok(sums.into_iter().collect())
    }

    async fn record_payment(&self, payment: &Payment, settle: &Settle<'_>) -> Result<Option<Invoice>, Error> {
        let transaction = self.db.begin().await?;
        // On PostgreSQL this row is locked until the end of the transaction. SQLite has no such clause and needs none:
        // its transactions for changes come one after the other.
        let found = transaction
            .find::<invoice::Entity>()
            .filter(invoice::Column::Id.eq(payment.invoice_id))
            .lock_exclusive()
            .one(&transaction)
            .await?;
        let Some(found) = found else { return Ok(None) };
        let mut invoice = Invoice::try_from(found)?;
        let Settlement { paid, status } = settle(&invoice)?;
        let changed = transaction
            .update_many::<invoice::Entity>()
            .col_expr(invoice::Column::PaidAmount, Expr::value(paid))
            .col_expr(invoice::Column::Status, Expr::value(invoice::Status::from(status)))
            .filter(invoice::Column::Id.eq(invoice.id))
            .filter(invoice::Column::PaidAmount.eq(invoice.paid))
            .exec(&transaction)
            .await?;
        if changed.rows_affected != 1 {
            return Err(Fault::new("a locked invoice was changed by somebody else").into());
        }
        transaction.insert(payment::ActiveModel::from(payment)).await?;
        transaction.commit().await?;
        (invoice.paid, invoice.status) = (paid, status);
        Ok(Some(invoice))
    }
}

/// What is open on the invoices together. The sum of a column is wider than the column on PostgreSQL; one that is too
/// large to be cast back is an error, not a wrong amount.
fn open() -> sea_orm::sea_query::SimpleExpr {
    invoice::Column::TotalAmount
        .into_expr()
        .sub(invoice::Column::PaidAmount.into_expr())
        .sum()
        .cast_as("bigint")
}
