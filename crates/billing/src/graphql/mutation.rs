use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use subgraph_kit::error::Error;
use subgraph_kit::scalar::MoneyInput;

use super::Request;
use super::invoice::Invoice;
use super::payment::{Payment, PaymentMethod};
use crate::domain::PayInvoice;

pub(crate) struct Mutation;

/// What is paid, and how
#[derive(InputObject)]
struct PayInvoiceInput {
    invoice_id: ID,
    /// More than zero, at most what is open, in the currency of the invoice
    amount: MoneyInput,
    method: PaymentMethod,
}

/// What came of a payment
#[derive(SimpleObject)]
struct PayInvoicePayload {
    payment: Payment,
    /// The invoice as it is now
    invoice: Invoice,
}

#[Object]
impl Mutation {
    /// Pay an open invoice, or a part of it; owners and admins can
    async fn pay_invoice(
        &self,
        context: &Context<'_>,
        input: PayInvoiceInput,
    ) -> Result<Option<PayInvoicePayload>, Error> {
        let PayInvoiceInput { invoice_id, amount, method } = input;
        let invoice =
            invoice_id.parse().map_err(|_| Error::bad_input("input.invoiceId", "This is not an id"))?;
        let request = Request::of(context)?;
        let payment = PayInvoice { invoice, amount: amount.into(), method: method.into() };
        let (payment, invoice) = request.service.pay_invoice(payment).await?;
        request.forget_amounts();
        Ok(Some(PayInvoicePayload { payment: Payment(payment), invoice: Invoice(invoice) }))
    }
}
