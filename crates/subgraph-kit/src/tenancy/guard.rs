mod analysis;
mod platform;
mod predicate;
mod shape;
mod text;

use std::sync::Arc;

use auth::TenantId;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sea_orm::{DbBackend, DbErr, Statement, Value};

use super::platform_tables::PlatformTables;
use super::reach::sealed::Rows;

/// How many bytes of texts are remembered, with what was found in them.
const REMEMBERED_BYTES: u64 = 4 * 1024 * 1024;

/// How long a text is that SeaORM builds, as a rule.
const USUAL_BYTES: usize = 512;

/// The second wall between tenants: looks at each statement before it is sent.
///
/// What a text must be bound to is found once and remembered; from then on a check is a look-up and a comparison.
pub(super) struct Guard {
    platform_tables: PlatformTables,
    of_tenants: Texts,
    of_the_platform: Texts,
}

/// What was found in the texts that one kind of handle sent.
struct Texts(Cache<String, Found, ByLength>);

type Found = Result<Arc<[usize]>, &'static str>;

/// One statement with 10,000 keys takes the place of hundreds of others.
#[derive(Clone)]
struct ByLength;

impl Weighter<String, Found> for ByLength {
    fn weight(&self, text: &String, found: &Found) -> u64 {
        let indices = found.as_ref().map_or(0, |indices| size_of_val(&**indices));
        u64::try_from(text.len() + indices).unwrap_or(u64::MAX).max(1)
    }
}

impl Default for Texts {
    fn default() -> Self {
        let bytes = usize::try_from(REMEMBERED_BYTES).unwrap_or(usize::MAX);
        Self(Cache::with_weighter(bytes / USUAL_BYTES, REMEMBERED_BYTES, ByLength))
    }
}

impl Texts {
    fn found(
        &self,
        statement: &Statement,
        find: impl FnOnce(&str, bool) -> Result<Vec<usize>, analysis::Refusal>,
    ) -> Found {
        self.0.get(&statement.sql).unwrap_or_else(|| {
            let postgres = statement.db_backend == DbBackend::Postgres;
            let found = find(&statement.sql, postgres).map(Arc::from);
            self.0.insert(statement.sql.clone(), found.clone());
            found
        })
    }
}

impl Guard {
    pub(super) fn new(platform_tables: PlatformTables) -> Self {
        Self { platform_tables, of_tenants: Texts::default(), of_the_platform: Texts::default() }
    }

    pub(super) fn platform_tables(&self) -> &PlatformTables {
        &self.platform_tables
    }

    /// Whether the statement stays within these rows.
    pub(super) fn check(&self, statement: &Statement, rows: Rows) -> Result<(), UnscopedQuery> {
        match rows {
            Rows::OfTenant(tenant) => self.check_tenant(statement, tenant),
            Rows::OfPlatform => self.check_platform(statement),
        }
    }

    fn check_tenant(&self, statement: &Statement, tenant: TenantId) -> Result<(), UnscopedQuery> {
        let refuse = |reason| UnscopedQuery::new(reason, &statement.sql);
        let found = self
            .of_tenants
            .found(statement, |sql, postgres| analysis::tenant_values(sql, postgres, &self.platform_tables));
        let values = statement.values.as_ref().map_or(&[][..], |values| &values.0);
        let tenant = Value::from(tenant.as_uuid());
        for index in &*found.map_err(refuse)? {
            if values.get(*index) != Some(&tenant) {
                return Err(refuse("tenant_id is bound to another tenant"));
            }
        }
        Ok(())
    }

    fn check_platform(&self, statement: &Statement) -> Result<(), UnscopedQuery> {
        let found = self.of_the_platform.found(statement, |sql, postgres| {
            platform::check(sql, postgres, &self.platform_tables).map(|()| Vec::new())
        });
        found.map(|_| ()).map_err(|reason| UnscopedQuery::new(reason, &statement.sql))
    }
}

/// A statement was refused, because it does not stay within what its handle reaches: the Caller's tenant, or the
/// platform's tables. It is a fault in a repository, so
/// the client reads `INTERNAL_SERVER_ERROR` and the log this text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("UNSCOPED_QUERY: {reason}: {sql}")]
pub struct UnscopedQuery {
    reason: &'static str,
    sql: String,
}

impl UnscopedQuery {
    pub(super) fn new(reason: &'static str, sql: &str) -> Self {
        Self { reason, sql: sql.to_owned() }
    }

    /// The refusal in an error that came through SeaORM, if it is one.
    pub fn in_error(error: &DbErr) -> Option<&Self> {
        match error {
            DbErr::TryIntoErr { source, .. } => source.downcast_ref(),
            _ => None,
        }
    }

    /// What is missing or wrong.
    pub fn reason(&self) -> &'static str {
        self.reason
    }

    /// The statement, without its values.
    pub fn sql(&self) -> &str {
        &self.sql
    }
}

impl From<UnscopedQuery> for DbErr {
    fn from(error: UnscopedQuery) -> Self {
        // The one variant that carries a typed error through SeaORM.
        Self::TryIntoErr { from: "statement", into: "statement within reach", source: Arc::new(error) }
    }
}

#[cfg(test)]
mod tests;
