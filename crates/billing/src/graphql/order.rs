use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::scalar::Money;
use uuid::Uuid;

use super::Request;
use super::invoice::Invoice;
use super::loader::InvoiceOf;
use crate::domain::Service;

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: Uuid,
    /// Known below an invoice alone.
    pub(super) number: Option<String>,
    /// Known when it came with the representation.
    pub(super) total: Option<Money>,
}

/// What somebody ordered
#[Object]
impl Order {
    async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    #[graphql(external)]
    async fn number(&self) -> Result<&str, Error> {
        self.number.as_deref().ok_or_else(|| elsewhere("number"))
    }

    #[graphql(external)]
    async fn total(&self) -> Result<Money, Error> {
        self.total.ok_or_else(|| elsewhere("total"))
    }

    /// The invoice of the order; a void one only where no other was made since
    async fn invoice(&self, context: &Context<'_>) -> Result<Option<Invoice>, Error> {
        Ok(Request::of(context)?.loader.load_one(InvoiceOf(self.id)).await?.map(Invoice))
    }

    /// What is still to be paid: the total less what was paid on the order's invoice. All of the total where there is
    /// no invoice, or a void one
    #[graphql(requires = "total { amount currency }")]
    async fn amount_due(&self, context: &Context<'_>) -> Result<Option<Money>, Error> {
        let total =
            self.total.ok_or_else(|| Error::bad_input("representations", "amountDue requires total"))?;
        let invoice = Request::of(context)?.loader.load_one(InvoiceOf(self.id)).await?;
        Ok(Some(Service::amount_due(total, invoice.as_ref())?))
    }
}

fn elsewhere(field: &str) -> Error {
    Error::internal(format!("Order.{field} was asked for where it is not provided"))
}
