//! Comments on articles.

use sqlx::{query, query_as, query_scalar};

use super::{Database, UserId, with_pool};
use crate::{
    errors::ServerError,
    schemas::{Comment, Timestamp},
};

/// The comments as the user `$1` sees them.
macro_rules! comments {
    () => {
        "
        SELECT c.id, c.body, c.created_at, c.updated_at, u.username, u.bio, u.image,
            EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = u.id) AS following
        FROM comments AS c JOIN users AS u ON u.id = c.author_id
        "
    };
}

impl Database {
    /// Returns comments on an article, the newest first, or `None` if there is no such article.
    pub async fn comments(
        &self,
        viewer: Option<UserId>,
        slug: &str,
        (limit, offset): (u32, u32),
    ) -> Result<Option<(Vec<Comment>, u64)>, ServerError> {
        const COUNT: &str = "
            SELECT a.id, (SELECT count(*) FROM comments WHERE article_id = a.id)
            FROM articles AS a WHERE a.slug = $1";
        const SELECT: &str = concat!(
            comments!(),
            "WHERE c.article_id = $2 ORDER BY c.id DESC LIMIT $3 OFFSET $4"
        );
        with_pool!(self, pool => {
            let found: Option<(i64, i64)> = query_as(COUNT).bind(slug).fetch_optional(pool).await?;
            let Some((article, count)) = found else {
                return Ok(None);
            };
            let comments = query_as(SELECT)
                .bind(viewer)
                .bind(article)
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(pool)
                .await?;
            Ok(Some((comments, count.unsigned_abs())))
        })
    }

    /// Adds a comment; returns `None` if the article or the author does not exist.
    pub async fn insert_comment(
        &self,
        author: UserId,
        slug: &str,
        body: &str,
    ) -> Result<Option<Comment>, ServerError> {
        const INSERT: &str = "
            INSERT INTO comments (body, created_at, updated_at, article_id, author_id)
            SELECT $3, $4, $4, a.id, u.id FROM articles AS a, users AS u WHERE u.id = $1 AND a.slug = $2
            RETURNING id";
        const SELECT: &str = concat!(comments!(), "WHERE c.id = $2");
        with_pool!(self, pool => {
            let id: Option<i64> = query_scalar(INSERT)
                .bind(author)
                .bind(slug)
                .bind(body)
                .bind(Timestamp::now())
                .fetch_optional(pool)
                .await?;
            let Some(id) = id else {
                return Ok(None);
            };
            Ok(query_as(SELECT).bind(author).bind(id).fetch_optional(pool).await?)
        })
    }

    /// Returns who wrote a comment on an article.
    pub async fn comment_author(&self, slug: &str, id: i64) -> Result<Option<UserId>, ServerError> {
        const SELECT: &str = "
            SELECT c.author_id FROM comments AS c JOIN articles AS a ON a.id = c.article_id
            WHERE a.slug = $1 AND c.id = $2";
        let author = with_pool!(self, pool => {
            query_scalar(SELECT).bind(slug).bind(id).fetch_optional(pool).await
        });
        Ok(author?)
    }

    /// Does nothing if there is no such comment.
    pub async fn delete_comment(&self, id: i64) -> Result<(), ServerError> {
        const DELETE: &str = "DELETE FROM comments WHERE id = $1";
        with_pool!(self, pool => query(DELETE).bind(id).execute(pool).await.map(drop))?;
        Ok(())
    }
}
