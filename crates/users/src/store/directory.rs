use std::collections::HashMap;

use async_trait::async_trait;
use auth::{TenantId, UserId};
use sea_orm::{ColumnTrait as _, DbErr, QueryFilter as _};
use subgraph_kit::error::is_unique_violation;
use subgraph_kit::pagination::{Page, pages_by_parent};
use subgraph_kit::tenancy::{Scoped, TenantDb, in_list};

use super::{membership, organization, user};
use crate::domain::{self, Error, MembersQuery, Membership, Organization, User};

/// The rows of one tenant.
pub(crate) struct Directory {
    db: TenantDb,
}

impl Directory {
    pub(crate) fn new(db: TenantDb) -> Self {
        Self { db }
    }

    /// Adds an organization with all that it starts with, unless it is there already. Returns whether it was added.
    pub(crate) async fn add_organization(
        &self,
        organization: &Organization,
        users: &[&User],
        memberships: &[&Membership],
    ) -> Result<bool, DbErr> {
        let transaction = self.db.begin().await?;
        if transaction.find::<organization::Entity>().one(&transaction).await?.is_some() {
            return Ok(false);
        }
        transaction.insert(organization::ActiveModel::from(organization)).await?;
        transaction.insert_all(users.iter().copied().map(user::ActiveModel::from).collect()).await?;
        transaction
            .insert_all(memberships.iter().copied().map(membership::ActiveModel::from).collect())
            .await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn insert_member(&self, user: &User, membership: &Membership) -> Result<(), DbErr> {
        let transaction = self.db.begin().await?;
        transaction.insert(user::ActiveModel::from(user)).await?;
        transaction.insert(membership::ActiveModel::from(membership)).await?;
        transaction.commit().await
    }
}

#[async_trait]
impl domain::Directory for Directory {
    async fn organization(&self) -> Result<Option<Organization>, Error> {
        let row = self.db.find::<organization::Entity>().one(&self.db).await?;
        Ok(row.map(Organization::from))
    }

    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, Error> {
        let ids = ids.iter().map(|id| id.as_uuid());
        let query = self.db.find::<user::Entity>().filter(user::Column::Id.is_in(in_list(ids)));
        let rows = query.all(&self.db).await?;
        Ok(rows.into_iter().map(User::from).collect())
    }

    async fn users_by_email(&self, emails: &[String]) -> Result<Vec<User>, Error> {
        // PostgreSQL refuses a text with NUL, and with it everybody else's address in the same statement.
        let emails = emails.iter().filter(|email| !email.contains('\0'));
        let query = self.db.find::<user::Entity>().filter(user::Column::Email.is_in(in_list(emails)));
        let rows = query.all(&self.db).await?;
        Ok(rows.into_iter().map(User::from).collect())
    }

    async fn memberships(&self, users: &[UserId]) -> Result<Vec<Membership>, Error> {
        let users = users.iter().map(|id| id.as_uuid());
        let query =
            self.db.find::<membership::Entity>().filter(membership::Column::UserId.is_in(in_list(users)));
        let rows = query.all(&self.db).await?;
        Ok(rows.into_iter().map(Membership::from).collect())
    }

    async fn members(
        &self,
        organizations: &[TenantId],
        query: &MembersQuery,
    ) -> Result<HashMap<TenantId, Page<Membership>>, Error> {
        let mut select = self.db.find::<membership::Entity>();
        if let Some(role) = query.role {
            select = select.filter(membership::Column::Role.eq(membership::Role::from(role)));
        }
        let organizations: Vec<_> = organizations.iter().map(|id| id.as_uuid()).collect();
        let parent = membership::Column::TenantId;
        let pages =
            pages_by_parent(&self.db, select, parent, |row| row.tenant_id, &organizations, &query.page);
        let pages = pages.await?.into_iter();
        Ok(pages.map(|(id, page)| (TenantId::from(id), page.map(Membership::from))).collect())
    }

    async fn add_member(&self, user: &User, membership: &Membership) -> Result<(), Error> {
        self.insert_member(user, membership).await.map_err(|error| match error {
            error if is_unique_violation(&error) => Error::AlreadyMember,
            error => error.into(),
        })
    }
}
