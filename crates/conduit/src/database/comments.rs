//! Comments on articles.

use super::{Database, UserId};
use crate::schemas::{Comment, CommentPage, NewComment, Timestamp};

/// Selects comments as the user `$1` sees them.
macro_rules! select_comments {
    () => {
        "SELECT c.id, c.body, c.created_at, c.updated_at, u.username, u.bio, u.image,
            EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = u.id) AS following
        FROM comments AS c JOIN users AS u ON u.id = c.author_id "
    };
}

impl Database {
    /// Returns comments on an article, the newest first, and the number of all.
    pub async fn comments(
        &self,
        viewer: Option<UserId>,
        slug: &str,
        page: CommentPage,
    ) -> sqlx::Result<(Vec<Comment>, u64)> {
        const PAGE: &str = concat!(
            select_comments!(),
            "WHERE c.article_id = $2 ORDER BY c.id DESC LIMIT $3 OFFSET $4"
        );
        let (article, count): (i64, i64) = sql!(self.fetch_one:
            "SELECT id, (SELECT count(*) FROM comments WHERE article_id = articles.id)
            FROM articles WHERE slug = $1",
            slug)?;
        let (limit, offset) = (i64::from(page.limit()), i64::from(page.offset()));
        let comments = sql!(self.fetch_all: PAGE, viewer, article, limit, offset)?;
        Ok((comments, count.unsigned_abs()))
    }

    /// Adds a comment and returns it.
    pub async fn insert_comment(
        &self,
        author: UserId,
        slug: &str,
        comment: &NewComment,
    ) -> sqlx::Result<Comment> {
        const COMMENT: &str = concat!(select_comments!(), "WHERE c.id = $2");
        let (id,): (i64,) = sql!(self.returning:
            "INSERT INTO comments (body, created_at, updated_at, article_id, author_id)
            SELECT $3, $4, $4, id, $1 FROM articles WHERE slug = $2
            RETURNING id",
            author, slug, &comment.body, Timestamp::now())?;
        sql!(self.fetch_one: COMMENT, author, id)
    }

    /// Returns who wrote a comment on an article.
    pub async fn comment_author(&self, slug: &str, id: i64) -> sqlx::Result<UserId> {
        sql!(self.fetch_one:
            "SELECT c.author_id FROM comments AS c JOIN articles AS a ON a.id = c.article_id
            WHERE a.slug = $1 AND c.id = $2",
            slug, id)
    }

    /// Deletes a comment; fails if it is gone.
    pub async fn delete_comment(&self, id: i64) -> sqlx::Result<()> {
        let _: UserId = sql!(self.returning:
            "DELETE FROM comments WHERE id = $1 RETURNING author_id", id)?;
        Ok(())
    }
}
