use async_graphql::{ID, Object};
use auth::TenantId;
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::scalar::DateTime;

use crate::domain;

#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) product: domain::Product,
    /// Whose it is.
    pub(super) tenant: TenantId,
}

/// Something sold
#[Object]
impl Product {
    async fn id(&self) -> ID {
        self.product.id.to_string().into()
    }

    /// Whose product it is; with the SKU it names the product on an invoice
    async fn organization_id(&self) -> ID {
        self.tenant.to_string().into()
    }

    /// The stock keeping unit, unique within the organization
    async fn sku(&self) -> &str {
        &self.product.sku
    }

    async fn name(&self) -> &str {
        &self.product.name
    }

    /// What one costs now
    async fn price(&self) -> Result<Money, Error> {
        Ok(domain::money(self.product.price, self.product.currency)?)
    }

    async fn weight_grams(&self) -> i32 {
        self.product.weight_grams
    }

    async fn created_at(&self) -> DateTime {
        self.product.created_at.into()
    }
}
