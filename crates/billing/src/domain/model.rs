use auth::{TenantId, UserId};
use chrono::{DateTime, Utc};
use subgraph_kit::money::Currency;
use uuid::Uuid;

/// Who an invoice is made out to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Party {
    /// A user.
    User(UserId),
    /// The tenant itself.
    Organization,
}

/// What an invoice line charges for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// A product of the tenant's, which the orders subgraph knows by its SKU.
    Product {
        /// The SKU, unique within the tenant.
        sku: String,
    },
    /// A [`Fee`], by its id.
    Fee(Uuid),
}

/// What has become of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvoiceStatus {
    /// Waits for payment.
    Open,
    /// Paid in full.
    Paid,
    /// Withdrawn: nothing is owed on it.
    Void,
}

/// How a payment came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PaymentMethod {
    /// By card.
    Card,
    /// By bank transfer.
    BankTransfer,
}

/// A party's account; each party has at most one, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    /// Whose books it is in, as its row says.
    pub(crate) tenant: TenantId,
    pub(crate) party: Party,
    pub(crate) currency: Currency,
}

/// A charge that is no product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fee {
    pub(crate) id: Uuid,
    pub(crate) description: String,
}

/// The order that an invoice is for. Orders live in the orders subgraph; the number is a copy made with the invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) id: Uuid,
    pub(crate) number: String,
}

/// An invoice without its lines and payments. Amounts are in the minor unit of its currency, which is its account's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invoice {
    pub(crate) id: Uuid,
    pub(crate) number: String,
    pub(crate) status: InvoiceStatus,
    pub(crate) account_id: Uuid,
    pub(crate) order: Option<Order>,
    pub(crate) currency: Currency,
    /// The sum of its lines.
    pub(crate) total: i64,
    /// The sum of its payments: never more than the total.
    pub(crate) paid: i64,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) due_at: DateTime<Utc>,
}

/// A line of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InvoiceLine {
    pub(crate) id: Uuid,
    pub(crate) invoice_id: Uuid,
    pub(crate) item: Item,
    pub(crate) quantity: i32,
    /// For the whole line, in the minor unit of the invoice's currency.
    pub(crate) amount: i64,
}

/// Money that came in for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Payment {
    pub(crate) id: Uuid,
    pub(crate) invoice_id: Uuid,
    /// More than zero, in the minor unit of the currency.
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) method: PaymentMethod,
    pub(crate) paid_at: DateTime<Utc>,
}
