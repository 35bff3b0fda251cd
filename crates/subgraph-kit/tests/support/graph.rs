#![allow(clippy::unused_async, reason = "resolvers are async")]

use std::collections::HashMap;

use async_graphql::{Context, ID, MergedObject, Object};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use subgraph_kit::error::Error;
use subgraph_kit::loader::{Loader, RequestLoader};
use subgraph_kit::money::Money;
use subgraph_kit::pagination::{Connection, ConnectionKey, Page, PageArguments, page, pages_by_parent};
use subgraph_kit::scalar::{DateTime, MoneyInput};
use subgraph_kit::service::{Scope, request_data};
use subgraph_kit::tenancy::{Scoped as _, TenantDb};
use uuid::Uuid;

use super::note;

#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(Fields, Entities);

#[derive(Default)]
struct Fields;

#[derive(Default)]
struct Entities;

pub struct Mutation;

pub struct Request {
    db: TenantDb,
    loader: RequestLoader<Lookups>,
}

impl Request {
    pub fn new(scope: &Scope) -> Self {
        Self { db: scope.db.clone(), loader: scope.batches.loader("notes", Lookups(scope.db.clone())) }
    }
}

struct Lookups(TenantDb);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Author(Uuid);

struct Note(note::Model);

impl Loader<Author> for Lookups {
    type Value = usize;
    type Error = Error;

    async fn load(&self, authors: &[Author]) -> Result<HashMap<Author, usize>, Error> {
        let ids = authors.iter().map(|author| author.0);
        let notes =
            self.0.find::<note::Entity>().filter(note::Column::AuthorId.is_in(ids)).all(&self.0).await?;
        let mut counts = HashMap::new();
        for note in notes {
            *counts.entry(Author(note.author_id)).or_default() += 1;
        }
        Ok(counts)
    }
}

impl Loader<ConnectionKey> for Lookups {
    type Value = Page<note::Model>;
    type Error = Error;

    async fn load(&self, keys: &[ConnectionKey]) -> Result<HashMap<ConnectionKey, Self::Value>, Error> {
        let mut found = HashMap::new();
        for ((page, filter), parents) in ConnectionKey::group(keys) {
            let select = self.0.find::<note::Entity>();
            let column = note::Column::AuthorId;
            let pages =
                pages_by_parent(&self.0, select, column, |row| row.author_id, &parents, &page).await?;
            found.extend(
                pages
                    .into_iter()
                    .map(|(parent, rows)| (ConnectionKey { parent, page: page.clone(), filter }, rows)),
            );
        }
        Ok(found)
    }
}

#[Object]
impl Author {
    async fn id(&self) -> ID {
        self.0.to_string().into()
    }

    async fn count(&self, context: &Context<'_>) -> Result<usize, Error> {
        Ok(request_data::<Request>(context)?.loader.load_one(self.clone()).await?.unwrap_or_default())
    }

    async fn notes(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Note>, Error> {
        let page = PageArguments::parse("Note", first, after.as_deref(), last, before.as_deref())?;
        let key = ConnectionKey { parent: self.0, page, filter: () };
        let page = request_data::<Request>(context)?.loader.load_one(key).await?.unwrap_or_else(Page::empty);
        Ok(Connection::new(page, Note))
    }

    async fn mood_if_any(&self) -> Result<Option<String>, Error> {
        mood(self.0).map(Some)
    }

    /// Fails for the author with the greatest id.
    async fn mood(&self) -> Result<String, Error> {
        mood(self.0)
    }
}

fn mood(author: Uuid) -> Result<String, Error> {
    if author.is_max() { Err(Error::forbidden("Not in the mood")) } else { Ok("fine".to_owned()) }
}

#[Object]
impl Note {
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    async fn author(&self) -> Author {
        Author(self.0.author_id)
    }
}

fn fall() -> Option<bool> {
    panic!("the secret of the panic")
}

#[Object]
impl Fields {
    async fn notes(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Note>, Error> {
        let arguments = PageArguments::parse("Note", first, after.as_deref(), last, before.as_deref())?;
        let db = &request_data::<Request>(context)?.db;
        Ok(Connection::new(page(db, db.find::<note::Entity>(), &arguments).await?, Note))
    }

    async fn authors(&self, ids: Vec<ID>) -> Vec<Author> {
        ids.iter().filter_map(|id| id.parse().ok()).map(Author).collect()
    }

    async fn authors_if_any(&self, ids: Vec<ID>) -> Vec<Option<Author>> {
        ids.iter().map(|id| id.parse().ok().map(Author)).collect()
    }

    /// A repository's mistake: no tenant.
    async fn forgotten(&self, context: &Context<'_>) -> Result<Vec<Note>, Error> {
        let db = &request_data::<Request>(context)?.db;
        Ok(note::Entity::find().all(db).await?.into_iter().map(Note).collect())
    }

    async fn panics(&self) -> Option<bool> {
        fall()
    }

    async fn foreign_error(&self) -> Result<bool, std::fmt::Error> {
        Err(std::fmt::Error)
    }

    async fn hangs(&self) -> bool {
        std::future::pending().await
    }

    async fn echo(&self, at: DateTime, money: MoneyInput) -> String {
        format!("{} {:?}", at.utc(), Money::from(money))
    }
}

#[Object]
impl Entities {
    #[graphql(entity)]
    async fn author(&self, id: ID) -> Result<Option<Author>, Error> {
        match id.parse::<Uuid>() {
            Ok(id) if id.is_nil() => Err(Error::forbidden("Nobody may see this author")),
            id => Ok(id.ok().map(Author)),
        }
    }
}

#[Object]
impl Mutation {
    async fn write(&self, context: &Context<'_>, author: ID) -> Result<Note, Error> {
        let author = author.parse().map_err(|_| Error::bad_input("author", "Not an id"))?;
        let db = &request_data::<Request>(context)?.db;
        let transaction = db.begin().await?;
        let note = transaction.insert(super::row(Uuid::now_v7(), author, 0)).await?;
        transaction.commit().await?;
        Ok(Note(note))
    }
}
