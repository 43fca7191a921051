//! Accounts.

use sqlx::{FromRow, query_as};

use super::{Database, UserId, with_pool};
use crate::{
    errors::{SaveError, ServerError},
    schemas::UpdateUser,
};

/// A row of `users`.
#[derive(FromRow)]
pub struct Account {
    pub id: UserId,
    pub email: String,
    pub username: String,
    pub password_hash: String,
    pub bio: Option<String>,
    pub image: Option<String>,
}

impl Database {
    /// Stores an account and returns it.
    pub async fn insert_account(
        &self,
        email: &str,
        username: &str,
        password_hash: &str,
    ) -> Result<Account, SaveError> {
        const INSERT: &str =
            "INSERT INTO users (email, username, password_hash) VALUES ($1, $2, $3) RETURNING *";
        let account = with_pool!(self, pool => {
            query_as(INSERT).bind(email).bind(username).bind(password_hash).fetch_one(pool).await
        });
        Ok(account?)
    }

    /// Returns an account.
    pub async fn account(&self, id: UserId) -> Result<Option<Account>, ServerError> {
        const SELECT: &str = "SELECT * FROM users WHERE id = $1";
        Ok(with_pool!(self, pool => query_as(SELECT).bind(id).fetch_optional(pool).await)?)
    }

    /// Returns the account with this address, in upper or lower case.
    pub async fn account_by_email(&self, email: &str) -> Result<Option<Account>, ServerError> {
        const SELECT: &str = "SELECT * FROM users WHERE lower(email) = lower($1)";
        Ok(with_pool!(self, pool => query_as(SELECT).bind(email).fetch_optional(pool).await)?)
    }

    /// Returns the account as it is now, or `None` if there is none.
    pub async fn update_account(
        &self,
        id: UserId,
        change: &UpdateUser,
        password_hash: Option<&str>,
    ) -> Result<Option<Account>, SaveError> {
        const UPDATE: &str = "
            UPDATE users SET
                email = coalesce($2, email),
                username = coalesce($3, username),
                password_hash = coalesce($4, password_hash),
                bio = CASE WHEN $5 THEN $6 ELSE bio END,
                image = CASE WHEN $7 THEN $8 ELSE image END
            WHERE id = $1
            RETURNING *";
        let account = with_pool!(self, pool => {
            query_as(UPDATE)
                .bind(id)
                .bind(change.email.as_deref())
                .bind(change.username.as_deref())
                .bind(password_hash)
                .bind(!change.bio.is_absent())
                .bind(change.bio.value().map(|bio| &**bio))
                .bind(!change.image.is_absent())
                .bind(change.image.value().map(|image| &**image))
                .fetch_optional(pool)
                .await
        });
        Ok(account?)
    }
}
