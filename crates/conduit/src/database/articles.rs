//! Articles, their tags and who marked them as favorites.

use sqlx::{QueryBuilder, query, query_as, query_scalar};

use super::{Database, UserId, with_pool};
use crate::{
    errors::{SaveError, ServerError},
    schemas::{Article, ArticlePreview, NewArticle, Timestamp, UpdateArticle},
};

/// Which articles are listed.
#[derive(Default)]
pub struct Filter<'f> {
    pub tag: Option<&'f str>,
    pub author: Option<&'f str>,
    pub favorited: Option<&'f str>,
    /// Whether only those of users whom the viewer follows are listed.
    pub followed: bool,
}

/// The columns of an `ArticlePreview`, as the user `$1` sees it.
macro_rules! preview {
    () => {
        "
        a.slug, a.title, a.description, a.created_at, a.updated_at,
        coalesce((SELECT string_agg(tag, '\n') FROM tags WHERE article_id = a.id), '') AS tag_list,
        EXISTS (SELECT 1 FROM favorites WHERE article_id = a.id AND user_id = $1) AS favorited,
        (SELECT count(*) FROM favorites WHERE article_id = a.id) AS favorites_count,
        u.username, u.bio, u.image,
        EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = u.id) AS following
        "
    };
}

/// The rows that a `Filter` selects.
macro_rules! filtered {
    () => {
        "
        FROM articles AS a JOIN users AS u ON u.id = a.author_id
        WHERE ($2 IS NULL OR EXISTS (SELECT 1 FROM tags WHERE article_id = a.id AND tag = $2))
            AND ($3 IS NULL OR u.username = $3)
            AND ($4 IS NULL OR EXISTS (
                SELECT 1 FROM favorites AS f JOIN users AS fan ON fan.id = f.user_id
                WHERE f.article_id = a.id AND fan.username = $4
            ))
            AND (NOT $5 OR EXISTS (
                SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = a.author_id
            ))
        "
    };
}

impl Database {
    /// Returns a page of the articles that a filter selects, the newest first, and the number of all.
    pub async fn articles(
        &self,
        viewer: Option<UserId>,
        filter: Filter<'_>,
        (limit, offset): (u32, u32),
    ) -> Result<(Vec<ArticlePreview>, u64), ServerError> {
        const SELECT: &str = concat!(
            "SELECT",
            preview!(),
            filtered!(),
            "ORDER BY a.created_at DESC, a.id DESC LIMIT $6 OFFSET $7"
        );
        const COUNT: &str = concat!("SELECT count(*)", filtered!());
        let Filter {
            tag,
            author,
            favorited,
            followed,
        } = filter;
        with_pool!(self, pool => {
            let articles = query_as(SELECT)
                .bind(viewer)
                .bind(tag)
                .bind(author)
                .bind(favorited)
                .bind(followed)
                .bind(i64::from(limit))
                .bind(i64::from(offset))
                .fetch_all(pool)
                .await?;
            let count: i64 = query_scalar(COUNT)
                .bind(viewer)
                .bind(tag)
                .bind(author)
                .bind(favorited)
                .bind(followed)
                .fetch_one(pool)
                .await?;
            Ok((articles, count.unsigned_abs()))
        })
    }

    /// Returns an article as `viewer` sees it.
    pub async fn article(
        &self,
        viewer: Option<UserId>,
        slug: &str,
    ) -> Result<Option<Article>, ServerError> {
        const SELECT: &str = concat!(
            "SELECT a.body,",
            preview!(),
            "FROM articles AS a JOIN users AS u ON u.id = a.author_id WHERE a.slug = $2"
        );
        let article = with_pool!(self, pool => {
            query_as(SELECT).bind(viewer).bind(slug).fetch_optional(pool).await
        });
        Ok(article?)
    }

    /// Returns who wrote an article.
    pub async fn author(&self, slug: &str) -> Result<Option<UserId>, ServerError> {
        const SELECT: &str = "SELECT author_id FROM articles WHERE slug = $1";
        Ok(with_pool!(self, pool => query_scalar(SELECT).bind(slug).fetch_optional(pool).await)?)
    }

    /// Stores an article with its tags; returns `None` if the author does not exist.
    pub async fn insert_article(
        &self,
        author: UserId,
        slug: &str,
        article: &NewArticle,
    ) -> Result<Option<Article>, SaveError> {
        const INSERT: &str = "
            INSERT INTO articles (slug, title, description, body, created_at, updated_at, author_id)
            SELECT $2, $3, $4, $5, $6, $6, id FROM users WHERE id = $1
            RETURNING id";
        with_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let id: Option<i64> = query_scalar(INSERT)
                .bind(author)
                .bind(slug)
                .bind(&*article.title)
                .bind(&*article.description)
                .bind(&*article.body)
                .bind(Timestamp::now())
                .fetch_optional(&mut *transaction)
                .await?;
            let Some(id) = id else {
                return Ok(None);
            };
            if !article.tag_list.is_empty() {
                let mut insert = QueryBuilder::new("INSERT INTO tags (article_id, tag) ");
                insert.push_values(&article.tag_list, |mut row, tag| {
                    row.push_bind(id).push_bind(&**tag);
                });
                insert.push(" ON CONFLICT DO NOTHING");
                insert.build().execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(self.article(Some(author), slug).await?)
    }

    /// Changes an article of this author; returns `None` if there is no such article.
    pub async fn update_article(
        &self,
        author: UserId,
        slug: &str,
        new_slug: Option<&str>,
        change: &UpdateArticle,
    ) -> Result<Option<Article>, SaveError> {
        const UPDATE: &str = "
            UPDATE articles SET
                slug = coalesce($3, slug),
                title = coalesce($4, title),
                description = coalesce($5, description),
                body = coalesce($6, body),
                updated_at = $7
            WHERE author_id = $1 AND slug = $2
            RETURNING slug";
        let slug: Option<String> = with_pool!(self, pool => {
            query_scalar(UPDATE)
                .bind(author)
                .bind(slug)
                .bind(new_slug)
                .bind(change.title.as_deref())
                .bind(change.description.as_deref())
                .bind(change.body.as_deref())
                .bind(Timestamp::now())
                .fetch_optional(pool)
                .await?
        });
        match slug {
            Some(slug) => Ok(self.article(Some(author), &slug).await?),
            None => Ok(None),
        }
    }

    /// Deletes an article of this author, with its tags, favorites and comments.
    pub async fn delete_article(&self, author: UserId, slug: &str) -> Result<(), ServerError> {
        const DELETE: &str = "DELETE FROM articles WHERE author_id = $1 AND slug = $2";
        with_pool!(self, pool => query(DELETE).bind(author).bind(slug).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Does nothing if the user or the article does not exist, or it is a favorite already.
    pub async fn favorite(&self, user: UserId, slug: &str) -> Result<(), ServerError> {
        const INSERT: &str = "
            INSERT INTO favorites (article_id, user_id)
            SELECT a.id, u.id FROM articles AS a, users AS u WHERE u.id = $1 AND a.slug = $2
            ON CONFLICT DO NOTHING";
        with_pool!(self, pool => query(INSERT).bind(user).bind(slug).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Does nothing if the article is no favorite of the user.
    pub async fn unfavorite(&self, user: UserId, slug: &str) -> Result<(), ServerError> {
        const DELETE: &str = "
            DELETE FROM favorites
            WHERE user_id = $1 AND article_id = (SELECT id FROM articles WHERE slug = $2)";
        with_pool!(self, pool => query(DELETE).bind(user).bind(slug).execute(pool).await.map(drop))?;
        Ok(())
    }

    /// Returns the tags that most articles have, at most 100.
    pub async fn tags(&self) -> Result<Vec<String>, ServerError> {
        const SELECT: &str =
            "SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100";
        Ok(with_pool!(self, pool => query_scalar(SELECT).fetch_all(pool).await)?)
    }
}
