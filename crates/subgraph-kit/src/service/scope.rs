use std::any::Any;
use std::sync::Arc;

use async_graphql::Context;
use auth::{Caller, Clock};
use telemetry::RequestId;

use crate::authorization::Authorizer;
use crate::error::Error;
use crate::loader::Batches;
use crate::tenancy::TenantDb;

/// One request: who asks, on which tenant's rows, with which loaders' batches.
#[derive(Clone)]
pub struct Scope {
    /// The verified Caller.
    pub caller: Caller,
    /// Says what the Caller may do.
    pub authorizer: Authorizer,
    /// The database as the Caller's tenant sees it.
    pub db: TenantDb,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Makes the loaders of this request.
    pub batches: Batches,
    /// The name of the request in logs and errors.
    pub request_id: RequestId,
}

/// What the subgraph's `per_request` closure made for this request.
///
/// # Errors
/// `INTERNAL_SERVER_ERROR` when the closure makes another type, or the request has no Caller: the schema alone can
/// be asked for without one.
pub fn request_data<'a, D: Any + Send + Sync>(context: &Context<'a>) -> Result<&'a D, Error> {
    context.data_opt::<D>().ok_or_else(|| Error::internal("the request has no data of this type"))
}
