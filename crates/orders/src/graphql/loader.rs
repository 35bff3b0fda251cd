use std::collections::HashMap;
use std::sync::Arc;

use subgraph_kit::error::Error;
use subgraph_kit::loader::{Loader, by_key};
use subgraph_kit::pagination::{ConnectionKey, Page, PageArguments};
use uuid::Uuid;

use crate::domain::{Order, OrderFilter, OrderLine, OrdersQuery, Product, Service};

/// Every way that this subgraph looks something up for a list of keys: one statement each, and for connections one for
/// each different set of arguments.
pub(super) struct Lookups {
    service: Arc<Service>,
}

impl Lookups {
    pub(super) fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

subgraph_kit::loader_keys! {
    /// A product by its id.
    ProductById(Uuid);
    /// A product by its SKU.
    ProductBySku(String);
    /// A page of all the tenant's products.
    AllProducts(PageArguments);
    /// An order by its id.
    OrderById(Uuid);
    /// The lines of an order.
    LinesOf(Uuid);
    /// A page of all the tenant's orders.
    AllOrders(OrdersQuery);
}

/// A page of a user's orders.
pub(super) type OrdersOfUser = ConnectionKey<OrderFilter>;

impl Loader<ProductById> for Lookups {
    type Value = Product;
    type Error = Error;

    async fn load(&self, keys: &[ProductById]) -> Result<HashMap<ProductById, Product>, Error> {
        let products = self.service.products()?.products(&ids(keys, |key| key.0)).await?;
        Ok(by_key(products, |product| ProductById(product.id)))
    }
}

impl Loader<ProductBySku> for Lookups {
    type Value = Product;
    type Error = Error;

    async fn load(&self, keys: &[ProductBySku]) -> Result<HashMap<ProductBySku, Product>, Error> {
        let skus: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
        let products = self.service.products()?.products_by_sku(&skus).await?;
        Ok(by_key(products, |product| ProductBySku(product.sku.clone())))
    }
}

impl Loader<AllProducts> for Lookups {
    type Value = Page<Product>;
    type Error = Error;

    async fn load(&self, keys: &[AllProducts]) -> Result<HashMap<AllProducts, Page<Product>>, Error> {
        let mut pages = HashMap::new();
        for key in keys {
            pages.insert(key.clone(), self.service.products()?.all_products(&key.0).await?);
        }
        Ok(pages)
    }
}

impl Loader<OrderById> for Lookups {
    type Value = Order;
    type Error = Error;

    async fn load(&self, keys: &[OrderById]) -> Result<HashMap<OrderById, Order>, Error> {
        let orders = self.service.orders()?.orders(&ids(keys, |key| key.0)).await?;
        Ok(by_key(orders, |order| OrderById(order.id)))
    }
}

impl Loader<LinesOf> for Lookups {
    type Value = Vec<OrderLine>;
    type Error = Error;

    async fn load(&self, keys: &[LinesOf]) -> Result<HashMap<LinesOf, Vec<OrderLine>>, Error> {
        let mut lines: HashMap<LinesOf, Vec<OrderLine>> = HashMap::new();
        for line in self.service.orders()?.lines(&ids(keys, |key| key.0)).await? {
            lines.entry(LinesOf(line.order_id)).or_default().push(line);
        }
        Ok(lines)
    }
}

impl Loader<AllOrders> for Lookups {
    type Value = Page<Order>;
    type Error = Error;

    async fn load(&self, keys: &[AllOrders]) -> Result<HashMap<AllOrders, Page<Order>>, Error> {
        let mut pages = HashMap::new();
        for key in keys {
            pages.insert(key.clone(), self.service.orders()?.all_orders(&key.0).await?);
        }
        Ok(pages)
    }
}

impl Loader<OrdersOfUser> for Lookups {
    type Value = Page<Order>;
    type Error = Error;

    async fn load(&self, keys: &[OrdersOfUser]) -> Result<HashMap<OrdersOfUser, Page<Order>>, Error> {
        let mut pages = HashMap::new();
        for ((page, filter), users) in ConnectionKey::group(keys) {
            for (parent, found) in self.service.orders()?.orders_of(&users, &filter, &page).await? {
                pages.insert(ConnectionKey { parent, page: page.clone(), filter: filter.clone() }, found);
            }
        }
        Ok(pages)
    }
}

fn ids<K>(keys: &[K], id: impl Fn(&K) -> Uuid) -> Vec<Uuid> {
    keys.iter().map(id).collect()
}
