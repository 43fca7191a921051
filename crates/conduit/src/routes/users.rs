//! Registration, login and the caller's own account.

use actix_web::web::Data;
use purlin_router::{error::http::Unauthorized, prelude::*};

use super::{Db, no_account};
use crate::{
    auth::{Auth, Caller, TOKEN},
    database::Account,
    errors::{AccountError, SaveError, SaveOwnError, ServerError},
    schemas::{Credentials, NewUser, UpdateUser, User, UserBody},
};

/// Register a user.
#[post("/users", tags = ["users"])]
pub async fn register(
    sent: Json<UserBody<NewUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Created<UserBody<User>>, SaveError> {
    let NewUser {
        username,
        email,
        password,
    } = sent.into_inner().user;
    let password_hash = auth.hash(password).await?;
    let account = db.insert_account(&email, &username, &password_hash).await?;
    Ok(Created::new(with_token(&auth, account)?))
}

/// Log in.
#[post("/users/login", tags = ["users"])]
pub async fn log_in(
    sent: Json<UserBody<Credentials>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, AccountError> {
    let Credentials { email, password } = sent.into_inner().user;
    let account = db.account_by_email(&email).await?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    let is_right = auth.verify(password, hash).await?;
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
) -> Result<Json<UserBody<User>>, AccountError> {
    let account = db
        .account(caller.claims.sub)
        .await?
        .ok_or_else(no_account)?;
    Ok(Json(with_token(&auth, account)?))
}

/// Change the caller.
#[put("/user", tags = ["users"], authenticators = [TOKEN])]
pub async fn update_current_user(
    caller: Caller,
    sent: Json<UserBody<UpdateUser>>,
    db: Db,
    auth: Data<Auth>,
) -> Result<Json<UserBody<User>>, SaveOwnError> {
    let UserBody { user } = sent.into_inner();
    let password_hash = match &user.password {
        Some(password) => Some(auth.hash(password.clone()).await?),
        None => None,
    };
    let id = caller.claims.sub;
    let account = db
        .update_account(id, &user, password_hash.as_deref())
        .await?;
    Ok(Json(with_token(&auth, account.ok_or_else(no_account)?)?))
}

fn with_token(auth: &Auth, account: Account) -> Result<UserBody<User>, ServerError> {
    let token = auth.issue(account.id)?;
    let Account {
        username,
        email,
        bio,
        image,
        ..
    } = account;
    Ok(UserBody {
        user: User {
            username,
            email,
            token,
            bio,
            image,
        },
    })
}
