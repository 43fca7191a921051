//! Users as others see them, and who follows whom.

use sqlx::{query, query_as};

use super::{Database, UserId, with_pool};
use crate::{errors::ServerError, schemas::Profile};

impl Database {
    /// Returns a user as `viewer` sees them.
    pub async fn profile(
        &self,
        viewer: Option<UserId>,
        username: &str,
    ) -> Result<Option<Profile>, ServerError> {
        const SELECT: &str = "
            SELECT username, bio, image,
                EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = users.id) AS following
            FROM users WHERE username = $2";
        let profile = with_pool!(self, pool => {
            query_as(SELECT).bind(viewer).bind(username).fetch_optional(pool).await
        });
        Ok(profile?)
    }

    /// Does nothing if one of the users does not exist, or the one follows the other already.
    pub async fn follow(&self, follower: UserId, username: &str) -> Result<(), ServerError> {
        const INSERT: &str = "
            INSERT INTO follows (follower_id, followed_id)
            SELECT follower.id, followed.id FROM users AS follower, users AS followed
            WHERE follower.id = $1 AND followed.username = $2
            ON CONFLICT DO NOTHING";
        with_pool!(self, pool => query(INSERT).bind(follower).bind(username).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Does nothing if the one does not follow the other.
    pub async fn unfollow(&self, follower: UserId, username: &str) -> Result<(), ServerError> {
        const DELETE: &str = "
            DELETE FROM follows
            WHERE follower_id = $1 AND followed_id = (SELECT id FROM users WHERE username = $2)";
        with_pool!(self, pool => query(DELETE).bind(follower).bind(username).execute(pool).await.map(drop))?;
        Ok(())
    }
}
