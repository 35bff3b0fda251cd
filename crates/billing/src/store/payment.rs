use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;
use subgraph_kit::fault::Fault;

use crate::domain::{Payment, PaymentMethod};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub invoice_id: Uuid,
    pub amount: i64,
    pub currency: String,
    pub method: Method,
    pub paid_at: DateTimeUtc,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))", rename_all = "snake_case")]
pub(crate) enum Method {
    Card,
    BankTransfer,
}

subgraph_kit::tenant_table!(newest_first: PaidAt = paid_at, Id = id);

impl TryFrom<Model> for Payment {
    type Error = Fault;

    fn try_from(row: Model) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            invoice_id: row.invoice_id,
            amount: row.amount,
            currency: row.currency.parse().map_err(Fault::new)?,
            method: row.method.into(),
            paid_at: row.paid_at,
        })
    }
}

impl From<&Payment> for ActiveModel {
    fn from(payment: &Payment) -> Self {
        Self {
            tenant_id: NotSet,
            id: Set(payment.id),
            invoice_id: Set(payment.invoice_id),
            amount: Set(payment.amount),
            currency: Set(payment.currency.to_string()),
            method: Set(payment.method.into()),
            paid_at: Set(payment.paid_at),
        }
    }
}

impl From<Method> for PaymentMethod {
    fn from(method: Method) -> Self {
        match method {
            Method::Card => Self::Card,
            Method::BankTransfer => Self::BankTransfer,
        }
    }
}

impl From<PaymentMethod> for Method {
    fn from(method: PaymentMethod) -> Self {
        match method {
            PaymentMethod::Card => Self::Card,
            PaymentMethod::BankTransfer => Self::BankTransfer,
        }
    }
}
