//! Users as others see them.

use super::*;

type Username = Path<LimitedText<50>>;
type Found = Result<Json<ProfileBody>, LookupError>;

/// Return a user.
#[get("/profiles/{username}", tags = ["profiles"], authenticators = [TOKEN, anyone()])]
pub async fn get_profile(name: Username, caller: Option<Caller>, db: Db) -> Found {
    profile(&db, id_of(caller), &name).await
}

/// Follow a user.
#[post("/profiles/{username}/follow", tags = ["profiles"], authenticators = [TOKEN])]
pub async fn follow_user(name: Username, caller: Caller, db: Db) -> Found {
    db.follow(caller.claims.id, &name).await?;
    profile(&db, Some(caller.claims.id), &name).await
}

/// Stop following a user.
#[delete("/profiles/{username}/follow", tags = ["profiles"], authenticators = [TOKEN])]
pub async fn unfollow_user(name: Username, caller: Caller, db: Db) -> Found {
    db.unfollow(caller.claims.id, &name).await?;
    profile(&db, Some(caller.claims.id), &name).await
}

async fn profile(db: &Db, viewer: Option<UserId>, name: &str) -> Found {
    let profile = db.profile(viewer, name).await?;
    Ok(Json(ProfileBody { profile }))
}
