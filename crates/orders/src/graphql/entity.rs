use async_graphql::{Context, ID, Object};
use auth::{TenantId, UserId};
use subgraph_kit::error::Error;

use super::Request;
use super::loader::{OrderById, ProductById, ProductBySku};
use super::order::Order;
use super::organization::Organization;
use super::product::Product;
use super::user::User;

/// The keys under which other subgraphs refer to what lives here. A key that belongs to nobody, or to another tenant,
/// is answered with null.
#[derive(Default)]
pub(crate) struct Entities;

#[Object]
impl Entities {
    #[graphql(entity)]
    async fn product(&self, context: &Context<'_>, id: ID) -> Result<Option<Product>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let request = Request::of(context)?;
        let tenant = request.service.tenant();
        Ok(request.loader.load_one(ProductById(id)).await?.map(|product| Product { product, tenant }))
    }

    /// What billing puts on an invoice.
    #[graphql(entity)]
    async fn product_by_sku(
        &self,
        context: &Context<'_>,
        organization_id: ID,
        sku: String,
    ) -> Result<Option<Product>, Error> {
        let request = Request::of(context)?;
        let tenant = request.service.tenant();
        if organization_id.parse::<TenantId>() != Ok(tenant) {
            return Ok(None);
        }
        Ok(request.loader.load_one(ProductBySku(sku)).await?.map(|product| Product { product, tenant }))
    }

    #[graphql(entity)]
    async fn order(&self, context: &Context<'_>, id: ID) -> Result<Option<Order>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(OrderById(id)).await?.map(Order))
    }

    /// Users live elsewhere, so whether there is such a one is not known here: only what was ordered is looked up, and
    /// that as the tenant's.
    #[graphql(entity)]
    async fn user(&self, id: ID) -> Option<User> {
        id.parse::<UserId>().ok().map(User)
    }

    /// A tenant sees its own organization alone.
    #[graphql(entity)]
    async fn organization(&self, context: &Context<'_>, id: ID) -> Result<Option<Organization>, Error> {
        let Ok(id) = id.parse::<TenantId>() else { return Ok(None) };
        let own = Request::of(context)?.service.tenant();
        Ok(Some(Organization(own)).filter(|_| id == own))
    }
}
