//! The operations; the names of the functions are the operation ids.

pub mod articles;
pub mod comments;
pub mod profiles;
pub mod users;

// What the operations of all files use.
use actix_web::web::Data;
use purlin_router::{auth::anyone, pagination::Paged, prelude::*};

use crate::{
    auth::{Caller, TOKEN},
    database::{Database, UserId},
    errors::*,
    schemas::*,
};

/// The state of the application that handlers query.
type Db = Data<Database>;

type Slug = Path<LimitedText<300>>;

fn id_of(caller: Option<Caller>) -> Option<UserId> {
    caller.map(|caller| caller.claims.id)
}

fn check_owner(owner: UserId, caller: &Caller) -> Result<(), OwnerError> {
    match owner == caller.claims.id {
        true => Ok(()),
        false => Err(OwnerError::Forbidden),
    }
}
