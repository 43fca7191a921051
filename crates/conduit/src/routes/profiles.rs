//! Users as others see them.

use purlin_router::{auth::anyone, error::http::NotFound, prelude::*};

use super::{Db, id_of};
use crate::{
    auth::{Caller, TOKEN},
    database::UserId,
    errors::LookupError,
    schemas::{ProfileBody, Text},
};

/// Return a user.
#[get("/profiles/{username}", tags = ["profiles"], authenticators = [TOKEN, anyone()])]
pub async fn get_profile(
    username: Path<Text<50>>,
    caller: Option<Caller>,
    db: Db,
) -> Result<Json<ProfileBody>, LookupError> {
    profile(&db, id_of(caller.as_ref()), &username).await
}

/// Follow a user.
#[post("/profiles/{username}/follow", tags = ["profiles"], authenticators = [TOKEN])]
pub async fn follow_user(
    username: Path<Text<50>>,
    caller: Caller,
    db: Db,
) -> Result<Json<ProfileBody>, LookupError> {
    db.follow(caller.claims.sub, &username).await?;
    profile(&db, Some(caller.claims.sub), &username).await
}

/// Stop following a user.
#[delete("/profiles/{username}/follow", tags = ["profiles"], authenticators = [TOKEN])]
pub async fn unfollow_user(
    username: Path<Text<50>>,
    caller: Caller,
    db: Db,
) -> Result<Json<ProfileBody>, LookupError> {
    db.unfollow(caller.claims.sub, &username).await?;
    profile(&db, Some(caller.claims.sub), &username).await
}

async fn profile(
    db: &Db,
    viewer: Option<UserId>,
    username: &str,
) -> Result<Json<ProfileBody>, LookupError> {
    let profile = db.profile(viewer, username).await?;
    let profile = profile.ok_or_else(|| NotFound::new("there is no such user"))?;
    Ok(Json(ProfileBody { profile }))
}
