//! Registration, login and the caller's own account.

use super::*;
use crate::{auth::Auth, database::Account};

/// Register a user.
#[post("/users", tags = ["users"])]
pub async fn register(
    sent: Json<UserBody<NewUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Created<UserBody<User>>, AccountError> {
    let hash = auth.hash(&sent.user.password).await?;
    let account = db.insert_account(&sent.user, &hash).await?;
    Ok(Created::new(with_token(&auth, &account)?))
}

/// Log in.
#[post("/users/login", tags = ["users"])]
pub async fn log_in(
    sent: Json<UserBody<Credentials>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, LoginError> {
    let account = db.account_by_email(&sent.user.email).await;
    let account = account.map_err(ServerError::from)?;
    let hash = account.as_ref().map(|it| it.password_hash.clone());
    let is_right = auth.verify(&sent.user.password, hash).await?;
    let account = account.filter(|_| is_right);
    let account = account.ok_or(LoginError::WrongCredentials)?;
    Ok(Json(with_token(&auth, &account)?))
}

/// Return the caller.
#[get("/user", tags = ["users"], authenticators = [TOKEN])]
pub async fn get_current_user(
    caller: Caller,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, ServerError> {
    Ok(Json(with_token(&auth, &caller.claims)?))
}

/// Change the caller.
///
/// A new password ends the validity of all tokens but the one in the response.
#[put("/user", tags = ["users"], authenticators = [TOKEN])]
pub async fn update_current_user(
    caller: Caller,
    sent: Json<UserBody<UpdateUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, AccountError> {
    let hash = match &sent.user.password {
        Some(password) => Some(auth.hash(password).await?),
        None => None,
    };
    let account = db
        .update_account(caller.claims.id, &sent.user, hash.as_deref())
        .await?;
    Ok(Json(with_token(&auth, &account)?))
}

fn with_token(auth: &Auth, account: &Account) -> Result<UserBody<User>, ServerError> {
    let token = auth.issue(account)?;
    let user = account.user.clone();
    Ok(UserBody {
        user: User { token, ..user },
    })
}
