use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use subgraph_kit::error::Error;

use super::Request;
use super::order::Order;
use crate::domain::{CancelOrder, MOST_LINES, PlaceLine};

pub(crate) struct Mutation;

/// A product, and how many of it
#[derive(InputObject)]
struct OrderLineInput {
    product_id: ID,
    /// 1 to 10,000
    quantity: i32,
}

/// What is ordered
#[derive(InputObject)]
struct PlaceOrderInput {
    /// 1 to 100 lines, all in one currency
    lines: Vec<OrderLineInput>,
}

/// What came of placing an order
#[derive(SimpleObject)]
struct PlaceOrderPayload {
    order: Order,
}

/// What is cancelled, and why
#[derive(InputObject)]
struct CancelOrderInput {
    order_id: ID,
    /// At most 500 characters
    reason: Option<String>,
}

/// What came of cancelling an order
#[derive(SimpleObject)]
struct CancelOrderPayload {
    /// The order as it is now
    order: Order,
}

#[Object]
impl Mutation {
    /// Order products at their prices of now; owners, admins and members can
    async fn place_order(
        &self,
        context: &Context<'_>,
        input: PlaceOrderInput,
    ) -> Result<Option<PlaceOrderPayload>, Error> {
        // One more than allowed is enough for the domain to refuse.
        let lines = input.lines.iter().take(MOST_LINES + 1).enumerate().map(|(place, line)| {
            let product = line.product_id.parse().map_err(|_| {
                Error::bad_input(format!("input.lines.{place}.productId"), "This is not an id")
            })?;
            Ok(PlaceLine { product, quantity: line.quantity })
        });
        let lines = lines.collect::<Result<Vec<_>, Error>>()?;
        let request = Request::of(context)?;
        let order = request.service.place_order(&lines).await?;
        request.forget_orders();
        Ok(Some(PlaceOrderPayload { order: Order(order) }))
    }

    /// Cancel an order that was not shipped yet; owners, admins, and the member who placed it can
    async fn cancel_order(
        &self,
        context: &Context<'_>,
        input: CancelOrderInput,
    ) -> Result<Option<CancelOrderPayload>, Error> {
        let order =
            input.order_id.parse().map_err(|_| Error::bad_input("input.orderId", "This is not an id"))?;
        let request = Request::of(context)?;
        let order = request.service.cancel_order(&CancelOrder { order, reason: input.reason }).await?;
        request.forget_orders();
        Ok(Some(CancelOrderPayload { order: Order(order) }))
    }
}
