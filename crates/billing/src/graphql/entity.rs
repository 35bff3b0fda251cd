use async_graphql::{Context, ID, Object};
use auth::{TenantId, UserId};
use subgraph_kit::error::Error;
use subgraph_kit::scalar::MoneyInput;

use super::Request;
use super::account::CustomerAccount;
use super::invoice::Invoice;
use super::invoice_line::Fee;
use super::loader::FeeById;
use super::order::Order;
use super::party::{Organization, User};
use super::payment::Payment;

/// The keys under which other subgraphs refer to what lives here. A key that belongs to nobody, to another tenant, or to
/// what the Caller may not see, is answered with null.
#[derive(Default)]
pub(crate) struct Entities;

#[Object]
impl Entities {
    #[graphql(entity)]
    async fn account(&self, context: &Context<'_>, id: ID) -> Result<Option<CustomerAccount>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.account(id).await?.map(CustomerAccount))
    }

    #[graphql(entity)]
    async fn fee(&self, context: &Context<'_>, id: ID) -> Result<Option<Fee>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.loader.load_one(FeeById(id)).await?.map(Fee))
    }

    #[graphql(entity)]
    async fn invoice(&self, context: &Context<'_>, id: ID) -> Result<Option<Invoice>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.invoice(id).await?.map(Invoice))
    }

    #[graphql(entity)]
    async fn payment(&self, context: &Context<'_>, id: ID) -> Result<Option<Payment>, Error> {
        let Ok(id) = id.parse() else { return Ok(None) };
        Ok(Request::of(context)?.payment(id).await?.map(Payment))
    }

    /// Orders and users live elsewhere, so whether there is such a one is not known here: only what this subgraph has
    /// on it is looked up, and that as the tenant's.
    ///
    /// `total` comes along when `amountDue` requires it.
    #[graphql(entity)]
    async fn order(&self, #[graphql(key)] id: ID, total: Option<MoneyInput>) -> Option<Order> {
        let id = id.parse().ok()?;
        Some(Order { id, number: None, total: total.map(Into::into) })
    }

    #[graphql(entity)]
    async fn user(&self, id: ID) -> Option<User> {
        let id = id.parse::<UserId>().ok()?;
        Some(User(id))
    }

    /// A tenant sees its own organization alone.
    #[graphql(entity)]
    async fn organization(&self, context: &Context<'_>, id: ID) -> Result<Option<Organization>, Error> {
        let Ok(id) = id.parse::<TenantId>() else { return Ok(None) };
        let own = Request::of(context)?.service.tenant();
        Ok(Some(Organization(own)).filter(|_| id == own))
    }
}
