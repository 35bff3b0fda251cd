use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;

use super::Request;
use super::invoice::Invoice;

#[derive(Default)]
pub(crate) struct Fields;

#[Object]
impl Fields {
    /// An invoice of your organization's, if you may see it
    async fn invoice(&self, context: &Context<'_>, id: ID) -> Result<Option<Invoice>, Error> {
        // What is no id is nobody's.
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.invoice(id).await?.map(Invoice))
    }
}
