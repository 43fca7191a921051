//! Accounts, and who follows whom.

use sqlx::FromRow;

use super::{Database, UserId};
use crate::schemas::{NewUser, Profile, UpdateUser, User};

/// A row of `users`.
#[derive(FromRow)]
pub struct Account {
    pub id: UserId,
    pub password_hash: String,
    /// How often the password was changed: a token that was issued before has a smaller number, and is not accepted.
    pub token_generation: i64,
    #[sqlx(flatten)]
    pub user: User,
}

impl Database {
    /// Stores an account and returns it.
    pub async fn insert_account(&self, user: &NewUser, hash: &str) -> sqlx::Result<Account> {
        sql!(self.returning:
            "INSERT INTO users (email, username, password_hash) VALUES ($1, $2, $3) RETURNING *",
            &user.email, &user.username, hash)
    }

    /// Returns an account, if there is one with this id.
    pub async fn account(&self, id: UserId) -> sqlx::Result<Option<Account>> {
        sql!(self.fetch_optional: "SELECT * FROM users WHERE id = $1", id)
    }

    /// Returns the account with this address, in upper or lower case, if there is one.
    pub async fn account_by_email(&self, email: &str) -> sqlx::Result<Option<Account>> {
        sql!(self.fetch_optional: "SELECT * FROM users WHERE lower(email) = lower($1)", email)
    }

    /// Changes an account and returns it.
    pub async fn update_account(
        &self,
        id: UserId,
        user: &UpdateUser,
        hash: Option<&str>,
    ) -> sqlx::Result<Account> {
        sql!(self.returning:
            "UPDATE users SET
                email = coalesce($2, email),
                username = coalesce($3, username),
                password_hash = coalesce($4, password_hash),
                token_generation = token_generation + CASE WHEN $4 IS NULL THEN 0 ELSE 1 END,
                bio = CASE WHEN $5 THEN $6 ELSE bio END,
                image = CASE WHEN $7 THEN $8 ELSE image END
            WHERE id = $1 RETURNING *",
            id, &user.email, &user.username, hash,
            !user.bio.is_absent(), user.bio.value(), !user.image.is_absent(), user.image.value())
    }

    /// Returns a user as `viewer` sees them.
    pub async fn profile(&self, viewer: Option<UserId>, name: &str) -> sqlx::Result<Profile> {
        sql!(self.fetch_one:
            "SELECT username, bio, image, EXISTS (
                SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = users.id
            ) AS following
            FROM users WHERE username = $2",
            viewer, name)
    }

    /// Does nothing if there is no such user, or the caller follows them already.
    pub async fn follow(&self, caller: UserId, name: &str) -> sqlx::Result<()> {
        sql!(self.execute:
            "INSERT INTO follows (follower_id, followed_id)
            SELECT $1, id FROM users WHERE username = $2 ON CONFLICT DO NOTHING",
            caller, name)
    }

    /// Does nothing if the caller does not follow the user.
    pub async fn unfollow(&self, caller: UserId, name: &str) -> sqlx::Result<()> {
        sql!(self.execute:
            "DELETE FROM follows
            WHERE follower_id = $1 AND followed_id = (SELECT id FROM users WHERE username = $2)",
            caller, name)
    }
}
