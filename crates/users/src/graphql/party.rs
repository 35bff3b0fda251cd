use async_graphql::{ID, Interface};

use super::organization::Organization;
use super::user::User;

/// Who an invoice is made out to
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID"), field(name = "display_name", ty = "&str"))]
pub(super) enum Party {
    Organization(Organization),
    User(User),
}
