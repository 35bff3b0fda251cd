use async_graphql::{Context, Enum, ID, Object};
use subgraph_kit::error::Error;
use subgraph_kit::money::Money;
use subgraph_kit::scalar::DateTime;

use super::Request;
use super::document::Document;
use super::invoice::Invoice;
use super::loader::InvoiceById;
use super::order::Order;
use crate::domain;

/// How a payment came in
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "domain::PaymentMethod")]
pub(super) enum PaymentMethod {
    /// By card
    Card,
    /// By bank transfer
    BankTransfer,
}

#[derive(Debug, Clone)]
pub(super) struct Payment(pub(super) domain::Payment);

impl Payment {
    async fn of(&self, context: &Context<'_>) -> Result<domain::Invoice, Error> {
        let invoice = Request::of(context)?.loader.load_one(InvoiceById(self.0.invoice_id)).await?;
        invoice.ok_or_else(|| Error::internal("a payment without its invoice"))
    }
}

/// Money that came in for an invoice
#[Object]
impl Payment {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    async fn amount(&self) -> Result<Money, Error> {
        Ok(domain::money(self.0.amount, self.0.currency)?)
    }

    async fn method(&self) -> PaymentMethod {
        self.0.method.into()
    }

    async fn paid_at(&self) -> DateTime {
        self.0.paid_at.into()
    }

    /// What was paid
    async fn invoice(&self, context: &Context<'_>) -> Result<Invoice, Error> {
        self.of(context).await.map(Invoice)
    }

    /// What the payer knows it by: the order, where a card was charged for one; otherwise the invoice
    async fn reference(&self, context: &Context<'_>) -> Result<Option<Document>, Error> {
        let invoice = self.of(context).await?;
        Ok(Some(match (self.0.method, &invoice.order) {
            (domain::PaymentMethod::Card, Some(order)) => Document::Order(Order::of_invoice(order)),
            _ => Document::Invoice(Invoice(invoice)),
        }))
    }
}
