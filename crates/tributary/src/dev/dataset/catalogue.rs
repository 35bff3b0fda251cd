//! What is sold.

use chrono::TimeDelta;
use orders::seed::{Dataset, Product};

use super::random::Random;
use super::{Tenant, beginning};

const THINGS: [&str; 12] = [
    "Anvil",
    "Rocket Skates",
    "Magnet",
    "Spring",
    "Catapult",
    "Whistle",
    "Lantern",
    "Rope",
    "Umbrella",
    "Bellows",
    "Compass",
    "Ladder",
];
const SIZES: [&str; 3] = ["Small", "Medium", "Large"];

/// Every thing in every size.
pub(super) fn products(tenant: &Tenant, random: &mut Random, data: &mut Dataset) -> Vec<Product> {
    let mut products = Vec::new();
    for (place, (thing, size)) in
        THINGS.iter().flat_map(|thing| SIZES.iter().map(move |size| (thing, size))).enumerate()
    {
        let created_at = beginning() + TimeDelta::minutes(13 * i64::try_from(place).unwrap_or(0));
        products.push(Product {
            tenant: tenant.id,
            id: random.id(created_at),
            sku: format!("{}-{:03}", tenant.slug.to_uppercase(), place + 1),
            name: format!("{} {thing}, {}", tenant.product_line, size.to_lowercase()),
            price_amount: random.between(199, 49_900),
            currency: tenant.currency.to_owned(),
            weight_grams: i32::try_from(random.between(40, 25_000)).unwrap_or(40),
            created_at,
        });
    }
    data.products.extend(products.iter().cloned());
    products
}
