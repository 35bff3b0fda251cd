use std::fmt;

use auth::TenantId;

use sealed::Rows;

/// The setting that tells PostgreSQL's policies whose rows a transaction is about.
pub(super) const TENANT_SETTING: &str = "app.tenant_id";

/// The setting that opens the platform's tables to a transaction.
pub(super) const PLATFORM_SETTING: &str = "app.platform";

/// Which rows a handle reaches: those of one [`Tenant`], or those of the [`Platform`]. Sealed.
pub trait Reach: fmt::Debug + Clone + Send + Sync + sealed::Reach {}

/// The rows of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenant(TenantId);

/// The rows that belong to no tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Platform;

impl Tenant {
    pub(super) fn new(id: TenantId) -> Self {
        Self(id)
    }

    pub(super) fn id(self) -> TenantId {
        self.0
    }
}

impl Reach for Tenant {}

impl Reach for Platform {}

pub(super) mod sealed {
    use auth::TenantId;

    pub trait Reach {
        fn rows(&self) -> Rows;
    }

    /// The same for the guard and for PostgreSQL's policies.
    #[derive(Debug, Clone, Copy)]
    pub enum Rows {
        OfTenant(TenantId),
        OfPlatform,
    }
}

impl sealed::Reach for Tenant {
    fn rows(&self) -> Rows {
        Rows::OfTenant(self.0)
    }
}

impl sealed::Reach for Platform {
    fn rows(&self) -> Rows {
        Rows::OfPlatform
    }
}

impl Rows {
    /// What PostgreSQL is told at the beginning of a transaction, so that its policies know.
    pub(super) fn telling(self) -> String {
        match self {
            // An id is written with hexadecimal digits and hyphens: there is nothing to quote.
            Self::OfTenant(tenant) => format!("SET LOCAL {TENANT_SETTING} = '{}'", tenant.as_uuid()),
            Self::OfPlatform => format!("SET LOCAL {PLATFORM_SETTING} = 'on'"),
        }
    }
}
