use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;

use super::Request;
use super::loader::{OrderById, ProductById};
use super::order::Order;
use super::product::Product;

#[derive(Default)]
pub(crate) struct Fields;

#[Object]
impl Fields {
    /// An order of your organization's
    async fn order(&self, context: &Context<'_>, id: ID) -> Result<Option<Order>, Error> {
        // What is no id is nobody's.
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(OrderById(id)).await?.map(Order))
    }

    /// A product of your organization's
    async fn product(&self, context: &Context<'_>, id: ID) -> Result<Option<Product>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        let request = Request::of(context)?;
        let tenant = request.service.tenant();
        Ok(request.loader.load_one(ProductById(id)).await?.map(|product| Product { product, tenant }))
    }
}
