use async_graphql::{ID, Interface};

use super::organization::Organization;
use super::user::User;

/// Someone or something that can be invoiced
#[derive(Debug, Clone, Interface)]
#[graphql(field(name = "id", ty = "ID"), field(name = "display_name", ty = "&str"))]
pub(super) enum Party {
    Organization(Organization),
    User(User),
}
