use async_graphql::{Context, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use uuid::Uuid;

use super::Request;
use super::invoice::Invoice;
use crate::domain::{self, Service};

#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: Uuid,
    /// Known below an invoice alone.
    pub(super) number: Option<String>,
    /// Known when it came with the representation.
    pub(super) total: Option<Money>,
}

impl Order {
    /// The order that an invoice is for, with what the invoice says about it.
    pub(super) fn of_invoice(order: &domain::Order) -> Self {
        Self { id: order.id, number: Some(order.number.clone()), total: None }
    }
}

/// What somebody ordered
#[Object]
impl Order {
    pub(super) async fn id(&self) -> ID {
        self.id.to_string().into()
    }

    #[graphql(external)]
    pub(super) async fn number(&self) -> Result<&str, Error> {
        self.number.as_deref().ok_or_else(|| elsewhere("number"))
    }

    #[graphql(external)]
    pub(super) async fn total(&self) -> Result<Money, Error> {
        self.total.ok_or_else(|| elsewhere("total"))
    }

    /// The invoice of the order; a void one only where no other was made since. For whoever is invoiced, owners, admins
    /// and support
    async fn invoice(&self, context: &Context<'_>) -> Result<Option<Invoice>, Error> {
        Ok(Request::of(context)?.invoice_of(self.id).await?.map(Invoice))
    }

    /// What is still to be paid: what is open on the order's invoice, fees included. The order's total where there is no
    /// invoice, or a void one. For whoever is invoiced, owners, admins and support
    #[graphql(requires = "total { amount currency }")]
    async fn amount_due(&self, context: &Context<'_>) -> Result<Option<Money>, Error> {
        let total =
            self.total.ok_or_else(|| Error::bad_input("representations", "amountDue requires total"))?;
        let invoice = Request::of(context)?.invoice_of(self.id).await?;
        Ok(Some(Service::amount_due(total, invoice.as_ref())?))
    }
}

fn elsewhere(field: &str) -> Error {
    Error::internal(format!("Order.{field} was asked for where it is not provided"))
}
