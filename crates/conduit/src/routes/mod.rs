//! The operations; the names of the functions are the operation ids.

pub mod articles;
pub mod comments;
pub mod favorites;
pub mod profiles;
pub mod users;

use actix_web::web::Data;
use purlin_router::error::http::{NotFound, Unauthorized};

use crate::{
    auth::Caller,
    database::{Database, UserId},
    schemas::Text,
};

/// The state of the application that handlers query.
type Db = Data<Database>;

/// The slug of an article, in a path.
type Slug = Text<300>;

fn id_of(caller: Option<&Caller>) -> Option<UserId> {
    caller.map(|caller| caller.claims.sub)
}

fn no_article() -> NotFound {
    NotFound::new("there is no such article")
}

fn no_account() -> Unauthorized {
    Unauthorized::new("the account of this token does not exist")
}
