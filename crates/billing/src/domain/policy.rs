//! What can be done here, and what is known of what it is done to. Who may is told in `policies/billing.cedar`.

use auth::TenantId;
use subgraph_kit::authorization::{self, AmountLimits, Attributes, Embedded, Resource, Value};
use subgraph_kit::money::Money;

use super::model::{Account, Party};

/// The rules.
pub(crate) const POLICIES: Embedded = Embedded {
    service: crate::NAME,
    schema: include_str!("../../policies/billing.cedarschema"),
    policies: include_str!("../../policies/billing.cedar"),
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// To see what is on all accounts together.
    ViewAccounts,
    /// To see this account, and with it its invoices, its payments, and what is due.
    ViewAccount,
    PayInvoices,
}

impl authorization::Action for Action {
    fn name(self) -> &'static str {
        match self {
            Self::ViewAccounts => "viewAccounts",
            Self::ViewAccount => "viewAccount",
            Self::PayInvoices => "payInvoices",
        }
    }

    fn denial(self) -> &'static str {
        match self {
            Self::ViewAccounts => "You may not see more than your own account",
            Self::ViewAccount => "You may not see this account",
            Self::PayInvoices => "You may not make this payment",
        }
    }
}

/// An account that was found.
pub(super) fn account(account: &Account) -> Resource {
    Resource { id: account.id.to_string().into(), ..account_of(account.party, account.tenant) }
}

/// The account of this party, be there one or not.
pub(super) fn account_of(party: Party, tenant: TenantId) -> Resource {
    let attributes = match party {
        Party::User(user) => Attributes::from([("holder".into(), Value::user(user))]),
        Party::Organization => Attributes::new(),
    };
    Resource { kind: "Account".into(), id: "unknown".into(), tenant, attributes }
}

/// What matters when this is paid.
pub(super) fn paying(limits: &AmountLimits, amount: Money) -> Attributes {
    let limit = limits.of(amount.currency).map(|limit| ("limit".into(), Value::Long(limit)));
    let amount = ("amount".into(), Value::Long(amount.amount.get()));
    std::iter::once(amount).chain(limit).collect()
}

#[cfg(test)]
mod tests {
    use test_kit::DecisionTable;

    #[test]
    fn decides_as_the_table_says() {
        DecisionTable::new(include_str!("../../policies/decisions.txt")).check(&super::POLICIES);
    }
}
