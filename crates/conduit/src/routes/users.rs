//! Registration, login and the caller's own account.

use purlin_router::error::http::Unauthorized;

use super::*;
use crate::{auth::Auth, database::Account};

/// Register a user.
#[post("/users", tags = ["users"])]
pub async fn register(
    sent: Json<UserBody<NewUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Created<UserBody<User>>, InsertError> {
    let hash = auth.hash(&sent.user.password).await?;
    let account = db.insert_account(&sent.user, &hash).await?;
    Ok(Created::new(with_token(&auth, account)?))
}

/// Log in.
#[post("/users/login", tags = ["users"])]
pub async fn log_in(
    sent: Json<UserBody<Credentials>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, LoginError> {
    let account = db.account_by_email(&sent.user.email).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let is_right = auth.verify(&sent.user.password, hash).await?;
    let account = account.filter(|_| is_right);
    let account = account.ok_or_else(|| Unauthorized::new("the email or the password is wrong"))?;
    Ok(Json(with_token(&auth, account)?))
}

/// Return the caller.
#[get("/user", tags = ["users"], authenticators = [TOKEN])]
pub async fn get_current_user(
    caller: Caller,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, LookupError> {
    let account = db.account(caller.claims.sub).await?;
    Ok(Json(with_token(&auth, account)?))
}

/// Change the caller.
#[put("/user", tags = ["users"], authenticators = [TOKEN])]
pub async fn update_current_user(
    caller: Caller,
    sent: Json<UserBody<UpdateUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, UpdateError> {
    let hash = match &sent.user.password {
        Some(password) => Some(auth.hash(password).await?),
        None => None,
    };
    let account = db
        .update_account(caller.claims.sub, &sent.user, hash.as_deref())
        .await?;
    Ok(Json(with_token(&auth, account)?))
}

fn with_token(auth: &Auth, account: Account) -> Result<UserBody<User>, ServerError> {
    let mut user = account.user;
    user.token = auth.issue(account.id)?;
    Ok(UserBody { user })
}
