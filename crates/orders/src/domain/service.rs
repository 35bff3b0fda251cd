use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use auth::{Clock, TenantId, UserId};
use chrono::{DateTime, TimeDelta, Utc};
use subgraph_kit::authorization::{AmountLimits, Authorizer};
use subgraph_kit::money::{Currency, Money};
use subgraph_kit::pagination::{Page, PageArguments};
use subgraph_kit::record::new_id;
use uuid::Uuid;

use super::error::Error;
use super::model::{Order, OrderLine, OrderStatus, Product};
use super::policy::{self, Action};
use super::rules;

/// What the domain needs from a store. Each store belongs to one tenant, and finds only what is that tenant's; what
/// is found for a list of keys comes in no order, unless said.
#[async_trait]
pub(crate) trait Ledger: Send + Sync {
    async fn products(&self, ids: &[Uuid]) -> Result<Vec<Product>, Error>;

    async fn products_by_sku(&self, skus: &[String]) -> Result<Vec<Product>, Error>;

    /// A page of all the tenant's products.
    async fn all_products(&self, page: &PageArguments) -> Result<Page<Product>, Error>;

    async fn orders(&self, ids: &[Uuid]) -> Result<Vec<Order>, Error>;

    /// A page of all the tenant's orders.
    async fn all_orders(&self, query: &OrdersQuery) -> Result<Page<Order>, Error>;

    /// The same page of orders of each of these users.
    async fn orders_of(
        &self,
        users: &[Uuid],
        filter: &OrderFilter,
        page: &PageArguments,
    ) -> Result<HashMap<Uuid, Page<Order>>, Error>;

    /// The lines of these orders, each order's in their order.
    async fn lines(&self, orders: &[Uuid]) -> Result<Vec<OrderLine>, Error>;

    /// Adds an order with its lines, all or nothing, and gives it the tenant's next number. From the moment that
    /// `moment` says when it is placed until the order is there, no other order of the tenant is placed.
    async fn place(&self, draft: &Draft, moment: &Moment<'_>) -> Result<Order, Error>;

    /// Makes the order cancelled if it has one of these statuses; whether it had.
    async fn cancel(&self, order: Uuid, from: &[OrderStatus], reason: Option<&str>) -> Result<bool, Error>;
}

/// Says when an order is placed. Given is when the tenant's newest order was placed, if it has one.
pub(crate) type Moment<'a> = dyn Fn(Option<DateTime<Utc>>) -> DateTime<Utc> + Send + Sync + 'a;

/// Which orders, whatever the page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct OrderFilter {
    /// Only those with one of these; empty: with any.
    pub(crate) statuses: Vec<OrderStatus>,
    /// Only those placed after this moment.
    pub(crate) placed_after: Option<DateTime<Utc>>,
    /// Only those placed before this moment.
    pub(crate) placed_before: Option<DateTime<Utc>>,
}

/// Which orders.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct OrdersQuery {
    pub(crate) filter: OrderFilter,
    pub(crate) page: PageArguments,
}

/// A line of an order to be placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlaceLine {
    pub(crate) product: Uuid,
    pub(crate) quantity: i32,
}

/// An order that has no number and no moment yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) id: Uuid,
    pub(crate) placed_by: UserId,
    pub(crate) currency: Currency,
    pub(crate) total: i64,
    pub(crate) lines: Vec<OrderLine>,
}

/// What is asked for when an order is to be cancelled.
#[derive(Debug, Clone)]
pub(crate) struct CancelOrder {
    pub(crate) order: Uuid,
    pub(crate) reason: Option<String>,
}

/// What is configured for the policies to look at.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits {
    /// The largest order that needs no admin.
    pub(crate) member_order: AmountLimits,
    /// For how long who ordered may cancel.
    pub(crate) cancellation_window: Option<TimeDelta>,
}

/// What can be asked of this subgraph, by one Caller. Lists of keys are answered with what there is for them: what
/// belongs to another tenant is not there.
pub(crate) struct Service {
    authorizer: Authorizer,
    limits: Arc<Limits>,
    clock: Arc<dyn Clock>,
    ledger: Arc<dyn Ledger>,
}

impl Service {
    pub(crate) fn new(
        authorizer: Authorizer,
        limits: Arc<Limits>,
        clock: Arc<dyn Clock>,
        ledger: Arc<dyn Ledger>,
    ) -> Self {
        Self { authorizer, limits, clock, ledger }
    }

    /// The Caller's tenant.
    pub(crate) fn tenant(&self) -> TenantId {
        self.authorizer.caller().tenant
    }

    /// Products, if the Caller may see them.
    pub(crate) fn products(&self) -> Result<&dyn Ledger, Error> {
        self.authorizer.check_organization(Action::ViewProducts)?;
        Ok(&*self.ledger)
    }

    /// Orders, if the Caller may see them: all or none, so one decision does for a list.
    pub(crate) fn orders(&self) -> Result<&dyn Ledger, Error> {
        self.authorizer.check_organization(Action::ViewOrders)?;
        Ok(&*self.ledger)
    }

    /// What a line comes to.
    pub(crate) fn line_total(line: &OrderLine) -> Result<Money, Error> {
        rules::money(rules::line_total(line.unit_price, line.quantity)?, line.currency)
    }

    /// Orders products at the prices that they have now.
    pub(crate) async fn place_order(&self, lines: &[PlaceLine]) -> Result<Order, Error> {
        self.authorizer.check_organization(Action::PlaceOrders)?;
        rules::check_lines(lines)?;
        let ids: Vec<Uuid> = lines.iter().map(|line| line.product).collect();
        let products = self.ledger.products(&ids).await?;
        let products: HashMap<Uuid, Product> =
            products.into_iter().map(|product| (product.id, product)).collect();
        let currency = rules::one_currency(products.values()).map_err(|error| match lines.first() {
            // No product was found at all.
            Some(line) if products.is_empty() => Error::NoSuchProduct { line: 0, product: line.product },
            _ => error,
        })?;
        let now = self.clock.now();
        let id = new_id(now);
        let mut ordered = Vec::with_capacity(lines.len());
        for (place, line) in lines.iter().enumerate() {
            let unknown = Error::NoSuchProduct { line: place, product: line.product };
            let product = products.get(&line.product).ok_or(unknown)?;
            ordered.push(OrderLine {
                id: new_id(now),
                order_id: id,
                product_id: product.id,
                quantity: line.quantity,
                unit_price: product.price,
                currency,
            });
        }
        let total = rules::sum(ordered.iter().map(|line| rules::line_total(line.unit_price, line.quantity)))?;
        let placed_by = self.authorizer.caller().subject;
        let draft = Draft { id, placed_by, currency, total, lines: ordered };
        self.check_draft(&draft, now)?;
        self.ledger.place(&draft, &|newest| rules::placed_at(self.clock.now(), newest)).await
    }

    /// Cancels an order that was not sent yet.
    pub(crate) async fn cancel_order(&self, request: &CancelOrder) -> Result<Order, Error> {
        self.authorizer.check_organization(Action::CancelOrders)?;
        rules::check_reason(request.reason.as_deref())?;
        let mut order = self.order(request.order).await?;
        let context = policy::cancelling(&self.limits, self.clock.now());
        self.authorizer.check_with(Action::CancelOrder, &policy::order(&order), &context)?;
        if !self.ledger.cancel(order.id, &rules::CANCELLABLE, request.reason.as_deref()).await? {
            // Somebody may have been quicker: the status to tell is that of now.
            return Err(Error::NotCancellable(self.order(request.order).await?.status));
        }
        order.status = OrderStatus::Cancelled;
        Ok(order)
    }

    /// Whether the Caller may place this order. It is looked at as the order that it would be.
    fn check_draft(&self, draft: &Draft, now: DateTime<Utc>) -> Result<(), Error> {
        let order = Order {
            id: draft.id,
            tenant: self.tenant(),
            number: String::new(),
            status: OrderStatus::Placed,
            placed_by: draft.placed_by,
            placed_at: now,
            currency: draft.currency,
            total: draft.total,
        };
        let context = policy::placing(&self.limits, &order);
        Ok(self.authorizer.check_with(Action::PlaceOrder, &policy::order(&order), &context)?)
    }

    async fn order(&self, id: Uuid) -> Result<Order, Error> {
        self.ledger.orders(&[id]).await?.pop().ok_or(Error::NoSuchOrder)
    }
}
