//! The development data: two tenants, the same on every machine.
//!
//! Each subgraph loads its own part; that the parts agree about ids, numbers and amounts is this module's work, since
//! no subgraph knows another.

mod catalogue;
mod commerce;
mod people;
mod random;

use auth::{Role, TenantId, UserId};
use chrono::{DateTime, TimeZone as _, Utc};

use random::Random;
use users::seed::MembershipStatus;

/// One part for each subgraph.
pub(super) struct Dataset {
    /// Organizations, people and their memberships.
    pub(super) users: users::seed::Dataset,
    /// Products and orders.
    pub(super) orders: orders::seed::Dataset,
    /// Accounts, fees, invoices and payments.
    pub(super) billing: billing::seed::Dataset,
}

impl Dataset {
    /// How many records each part has, as its loader counts them.
    pub(super) fn records(&self) -> [u64; 3] {
        let users = self.users.organizations.len() + 2 * self.users.memberships.len();
        let orders = self.orders.products.len() + self.orders.orders.len();
        let billing = &self.billing;
        let billing =
            billing.accounts.len() + billing.fees.len() + billing.invoices.len() + billing.payments.len();
        [users, orders, billing].map(|records| u64::try_from(records).unwrap_or(u64::MAX))
    }

    /// Somebody with each role in each tenant: the tenant's short name and id, the role, who.
    pub(super) fn identities(&self) -> Vec<(String, TenantId, Role, UserId)> {
        let mut identities = Vec::new();
        for organization in &self.users.organizations {
            for role in Role::ALL {
                let members = self.users.memberships.iter();
                let mut fitting = members.filter(|one| one.tenant == organization.id && one.role == role);
                if let Some(membership) = fitting.find(|one| one.status == MembershipStatus::Active) {
                    identities.push((organization.slug.clone(), organization.id, role, membership.user));
                }
            }
        }
        identities
    }
}

/// A tenant of the development data, with all that its subgraphs' parts are made from.
struct Tenant {
    id: TenantId,
    slug: &'static str,
    display_name: &'static str,
    currency: &'static str,
    /// Different names in each tenant make a leak visible to the eye.
    given_names: &'static [&'static str],
    family_names: &'static [&'static str],
    product_line: &'static str,
    people: usize,
    orders: usize,
}

/// When the development data begin; a fixed moment, so that the same rows come out whenever they are made.
fn beginning() -> DateTime<Utc> {
    Utc.timestamp_opt(1_735_689_600, 0).single().unwrap_or_default()
}

/// Makes the development data.
#[must_use]
pub(super) fn generate() -> Dataset {
    let mut random = Random::seeded(0x7269_7665);
    let mut dataset = Dataset {
        users: users::seed::Dataset::default(),
        orders: orders::seed::Dataset::default(),
        billing: billing::seed::Dataset::default(),
    };
    let tenants = [acme(&mut random), globex(&mut random)];
    let support = people::support(&mut random, &mut dataset.users);
    for tenant in &tenants {
        let members = people::members(tenant, support, &mut random, &mut dataset.users);
        let products = catalogue::products(tenant, &mut random, &mut dataset.orders);
        commerce::trade(tenant, &members, &products, &mut random, &mut dataset);
    }
    dataset
}

fn acme(random: &mut Random) -> Tenant {
    Tenant {
        id: TenantId::from(random.id(beginning())),
        slug: "acme",
        display_name: "Acme Corporation",
        currency: "EUR",
        given_names: &["Ada", "Grace", "Edsger", "Barbara", "Donald", "Katherine", "Alan", "Radia"],
        family_names: &["Ashdown", "Bellamy", "Carver", "Dunmore", "Ellery"],
        product_line: "Roadrunner",
        people: 32,
        orders: 520,
    }
}

fn globex(random: &mut Random) -> Tenant {
    Tenant {
        id: TenantId::from(random.id(beginning())),
        slug: "globex",
        display_name: "Globex Industries",
        currency: "USD",
        given_names: &["Niklaus", "Frances", "Tony", "Shafi", "Leslie", "Lynn", "Robin", "Sophie"],
        family_names: &["Quimby", "Rutherford", "Scorpio", "Tremaine", "Underhill"],
        product_line: "Hammock",
        people: 28,
        orders: 240,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_data_come_out_every_time() {
        let (first, second) = (generate(), generate());
        assert_eq!(format!("{:?}", first.users), format!("{:?}", second.users));
        assert_eq!(format!("{:?}", first.orders), format!("{:?}", second.orders));
        assert_eq!(format!("{:?}", first.billing), format!("{:?}", second.billing));
    }

    #[test]
    fn there_is_enough_to_look_at() {
        let data = generate();
        assert!(data.users.users.len() >= 50);
        assert!(data.orders.orders.len() >= 500);
        assert!(data.orders.orders.iter().all(|order| (1..=8).contains(&order.lines.len())));
        assert!(!data.billing.payments.is_empty());
    }

    #[test]
    fn the_parts_agree() {
        let data = generate();
        let orders: HashSet<_> = data.orders.orders.iter().map(|order| (order.tenant, order.id)).collect();
        let skus: HashSet<_> =
            data.orders.products.iter().map(|product| (product.tenant, product.sku.as_str())).collect();
        for invoice in &data.billing.invoices {
            assert!(invoice.order_id.is_none_or(|id| orders.contains(&(invoice.tenant, id))));
            let total: i64 = invoice.lines.iter().map(|line| line.amount).sum();
            let payments = data.billing.payments.iter().filter(|payment| payment.invoice_id == invoice.id);
            let paid = payments.map(|payment| payment.amount).sum::<i64>();
            assert!(paid <= total);
            assert_eq!(invoice.status == billing::seed::InvoiceStatus::Paid, paid == total);
            for line in &invoice.lines {
                if let billing::seed::Item::Product { sku } = &line.item {
                    assert!(skus.contains(&(invoice.tenant, sku.as_str())));
                }
            }
        }
    }
}
