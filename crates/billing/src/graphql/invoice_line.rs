use async_graphql::{Context, ID, Object, SimpleObject, Union};
use auth::TenantId;
use subgraph_kit::error::Error;
use subgraph_kit::money::{Currency, Money};

use super::Request;
use super::loader::FeeById;
use crate::domain::{self, Item};

/// What an invoice line charges for
// A product lives in orders, a fee here.
#[derive(Debug, Clone, Union)]
pub(super) enum InvoiceItem {
    Product(Product),
    Fee(Fee),
}

/// Something sold
#[derive(Debug, Clone, SimpleObject)]
#[graphql(unresolvable = "organizationId sku")]
pub(super) struct Product {
    organization_id: ID,
    sku: String,
}

#[derive(Debug, Clone)]
pub(super) struct Fee(pub(super) domain::Fee);

/// A charge that is no product
#[Object]
impl Fee {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What it is for
    async fn description(&self) -> &str {
        &self.0.description
    }
}

#[derive(Debug, Clone)]
pub(super) struct InvoiceLine {
    pub(super) line: domain::InvoiceLine,
    /// The invoice's.
    pub(super) currency: Currency,
    /// Whose product it is, if it is one.
    pub(super) tenant: TenantId,
}

/// A line of an invoice
#[Object]
impl InvoiceLine {
    async fn id(&self) -> ID {
        self.line.id.to_string().into()
    }

    /// What is charged for
    // What people read of a product lives in orders: nullable, so that a line outlives orders being away.
    async fn item(&self, context: &Context<'_>) -> Result<Option<InvoiceItem>, Error> {
        match &self.line.item {
            Item::Product { sku } => {
                let organization_id = self.tenant.to_string().into();
                Ok(Some(InvoiceItem::Product(Product { organization_id, sku: sku.clone() })))
            }
            Item::Fee(fee) => {
                let fee = Request::of(context)?.loader.load_one(FeeById(*fee)).await?;
                let fee = fee.ok_or_else(|| Error::internal("an invoice line without its fee"))?;
                Ok(Some(InvoiceItem::Fee(Fee(fee))))
            }
        }
    }

    async fn quantity(&self) -> i32 {
        self.line.quantity
    }

    /// For the whole line
    async fn amount(&self) -> Result<Money, Error> {
        Ok(domain::money(self.line.amount, self.currency)?)
    }
}
