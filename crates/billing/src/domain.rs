//! What the subgraph is about: no GraphQL, no SQL, no HTTP.

mod error;
mod model;
mod policy;
mod rules;
mod service;

pub(crate) use error::Error;
pub(crate) use model::{Account, Fee, Invoice, InvoiceLine, Order, Payment};
pub use model::{InvoiceStatus, Item, Party, PaymentMethod};
pub(crate) use policy::POLICIES;
pub(crate) use rules::{Settlement, money, standing};
pub(crate) use service::{Books, InvoicesQuery, PayInvoice, Service, Settle};
