use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::QuerySelect as _;
use subgraph_kit::money::MinorUnits;
use subgraph_kit::record::moment;
use subgraph_kit::tenancy::{Scoped as _, TenantDb};
use uuid::Uuid;

use super::{numbering, order, order_line, product};
use crate::seed::{LoadError, Order, Product};

/// How many records are sent before progress is told.
const BATCH: usize = 1_000;

/// What one tenant starts with.
#[derive(Debug, Default)]
pub(crate) struct Records<'a> {
    pub(crate) products: Vec<&'a Product>,
    pub(crate) orders: Vec<&'a Order>,
}

impl Records<'_> {
    /// How many records, lines not counted.
    pub(crate) fn len(&self) -> u64 {
        count(self.products.len() + self.orders.len())
    }
}

/// Adds all that a tenant starts with, unless the tenant has a product already. `progress` is called with the number of
/// records sent.
pub(crate) async fn add_tenant(
    db: &TenantDb,
    records: &Records<'_>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<(), LoadError> {
    let transaction = db.begin().await?;
    if transaction.find::<product::Entity>().limit(1).one(&transaction).await?.is_some() {
        return Ok(());
    }
    let products = records.products.iter().map(|product| product_row(product)).collect::<Result<_, _>>()?;
    transaction.insert_all::<product::ActiveModel>(products).await?;
    let mut done = count(records.products.len());
    progress(done);
    for batch in records.orders.chunks(BATCH) {
        let rows = batch.iter().map(|order| order_row(order)).collect::<Result<_, _>>()?;
        transaction.insert_all::<order::ActiveModel>(rows).await?;
        transaction.insert_all(batch.iter().flat_map(|order| line_rows(order)).collect()).await?;
        done += count(batch.len());
        progress(done);
    }
    let last = numbering::greatest(records.orders.iter().map(|order| order.number.as_str()));
    transaction.insert(numbering::ActiveModel { tenant_id: NotSet, last: Set(last) }).await?;
    Ok(transaction.commit().await?)
}

fn product_row(product: &Product) -> Result<product::ActiveModel, LoadError> {
    Ok(product::ActiveModel {
        tenant_id: NotSet,
        id: Set(product.id),
        sku: Set(product.sku.clone()),
        name: Set(product.name.clone()),
        price_amount: Set(amount(Some(product.price_amount), product.id)?),
        currency: Set(product.currency.clone()),
        weight_grams: Set(product.weight_grams),
        created_at: Set(moment(product.created_at)),
    })
}

fn order_row(order: &Order) -> Result<order::ActiveModel, LoadError> {
    let total = order.lines.iter().try_fold(0_i64, |total, line| {
        total.checked_add(line.unit_price_amount.checked_mul(line.quantity.into())?)
    });
    Ok(order::ActiveModel {
        tenant_id: NotSet,
        id: Set(order.id),
        number: Set(order.number.clone()),
        status: Set(order.status.into()),
        placed_by: Set(order.placed_by.as_uuid()),
        placed_at: Set(moment(order.placed_at)),
        currency: Set(order.currency.clone()),
        total_amount: Set(amount(total, order.id)?),
        cancel_reason: Set(None),
    })
}

fn line_rows(order: &Order) -> impl Iterator<Item = order_line::ActiveModel> {
    (0..).zip(&order.lines).map(|(position, line)| order_line::ActiveModel {
        tenant_id: NotSet,
        id: Set(line.id),
        order_id: Set(order.id),
        position: Set(position),
        product_id: Set(line.product_id),
        quantity: Set(line.quantity),
        unit_price_amount: Set(line.unit_price_amount),
        currency: Set(order.currency.clone()),
    })
}

/// An amount that clients can read.
fn amount(amount: Option<i64>, of: Uuid) -> Result<i64, LoadError> {
    amount.and_then(MinorUnits::new).map(MinorUnits::get).ok_or(LoadError::OutOfRange(of))
}

fn count(records: usize) -> u64 {
    u64::try_from(records).unwrap_or(u64::MAX)
}
