//! Articles, their tags and who marked them as favorites.

use sqlx::{QueryBuilder, query_scalar};

use super::{Database, UserId};
use crate::{
    errors::{LookupError, ServerError, UpdateError},
    schemas::{Article, ArticlePreview, NewArticle, Search, Timestamp, UpdateArticle},
};

/// Selects the columns of an `ArticlePreview`, as the user `$1` sees it.
macro_rules! select_preview {
    () => {
        "SELECT a.slug, a.title, a.description, a.created_at, a.updated_at,
            (SELECT string_agg(tag, '\u{1}') FROM tags WHERE article_id = a.id) AS tag_list,
            EXISTS (SELECT 1 FROM favorites WHERE article_id = a.id AND user_id = $1) AS favorited,
            (SELECT count(*) FROM favorites WHERE article_id = a.id) AS favorites_count,
            u.username, u.bio, u.image,
            EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = u.id) AS following"
    };
}

/// The articles that a search finds; if `$5`, only those of users whom the user `$1` follows.
macro_rules! from_found {
    () => {
        " FROM articles AS a JOIN users AS u ON u.id = a.author_id
        WHERE ($2 IS NULL OR EXISTS (SELECT 1 FROM tags WHERE article_id = a.id AND tag = $2))
            AND ($3 IS NULL OR u.username = $3)
            AND ($4 IS NULL OR EXISTS (
                SELECT 1 FROM favorites AS f JOIN users AS fan ON fan.id = f.user_id
                WHERE f.article_id = a.id AND fan.username = $4))
            AND (NOT $5 OR EXISTS (
                SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = a.author_id))"
    };
}

impl Database {
    /// Returns a page of the articles that a search finds, the newest first, and the number of all.
    pub async fn articles(
        &self,
        viewer: Option<UserId>,
        search: &Search,
        is_feed: bool,
    ) -> Result<(Vec<ArticlePreview>, u64), ServerError> {
        const PAGE: &str = concat!(
            select_preview!(),
            from_found!(),
            " ORDER BY a.created_at DESC, a.id DESC LIMIT $6 OFFSET $7"
        );
        const COUNT: &str = concat!("SELECT count(*)", from_found!());
        let page = search.page;
        let (limit, offset) = (i64::from(page.limit()), i64::from(page.offset()));
        let articles = sql!(self.fetch_all:
            PAGE, viewer, &search.tag, &search.author, &search.favorited, is_feed, limit, offset)?;
        let (count,): (i64,) = sql!(self.fetch_one:
            COUNT, viewer, &search.tag, &search.author, &search.favorited, is_feed)?;
        Ok((articles, count.unsigned_abs()))
    }

    /// Returns an article as `viewer` sees it.
    pub async fn article(
        &self,
        viewer: Option<UserId>,
        slug: &str,
    ) -> Result<Article, LookupError> {
        const ARTICLE: &str = concat!(
            select_preview!(),
            ", a.body
            FROM articles AS a JOIN users AS u ON u.id = a.author_id WHERE a.slug = $2"
        );
        Ok(sql!(self.fetch_one: ARTICLE, viewer, slug)?)
    }

    /// Returns who wrote an article.
    pub async fn author(&self, slug: &str) -> Result<UserId, LookupError> {
        Ok(sql!(self.fetch_one: "SELECT author_id FROM articles WHERE slug = $1", slug)?)
    }

    /// Stores an article with its tags, and returns it.
    pub async fn insert_article(
        &self,
        author: UserId,
        slug: &str,
        article: &NewArticle,
    ) -> Result<Article, UpdateError> {
        const INSERT: &str = "
            INSERT INTO articles (slug, title, description, body, created_at, updated_at, author_id)
            VALUES ($1, $2, $3, $4, $5, $5, $6) RETURNING id";
        with_pool!(self, pool => {
            let mut transaction = pool.begin().await?;
            let insert = query_scalar(INSERT).bind(slug).bind(&article.title);
            let insert = insert.bind(&article.description).bind(&article.body);
            let insert = insert.bind(Timestamp::now()).bind(author);
            let id: i64 = insert.fetch_one(&mut *transaction).await?;
            if !article.tag_list.is_empty() {
                let mut insert = QueryBuilder::new("INSERT INTO tags (article_id, tag) ");
                insert.push_values(&article.tag_list, |mut row, tag| {
                    row.push_bind(id).push_bind(tag);
                });
                insert.push(" ON CONFLICT DO NOTHING");
                insert.build().execute(&mut *transaction).await?;
            }
            transaction.commit().await?;
        });
        Ok(self.article(Some(author), slug).await?)
    }

    /// Changes an article of this author, and returns it.
    pub async fn update_article(
        &self,
        author: UserId,
        slug: &str,
        new_slug: Option<&str>,
        article: &UpdateArticle,
    ) -> Result<Article, UpdateError> {
        let (slug,): (String,) = sql!(self.returning:
            "UPDATE articles SET
                slug = coalesce($3, slug),
                title = coalesce($4, title),
                description = coalesce($5, description),
                body = coalesce($6, body),
                updated_at = $7
            WHERE author_id = $1 AND slug = $2 RETURNING slug",
            author, slug, new_slug, &article.title, &article.description, &article.body,
            Timestamp::now())?;
        Ok(self.article(Some(author), &slug).await?)
    }

    /// Deletes an article of this author, with its tags, favorites and comments.
    pub async fn delete_article(&self, author: UserId, slug: &str) -> Result<(), LookupError> {
        Ok(sql!(self.execute:
            "DELETE FROM articles WHERE author_id = $1 AND slug = $2", author, slug)?)
    }

    /// Does nothing if there is no such article, or it is a favorite already.
    pub async fn favorite(&self, caller: UserId, slug: &str) -> Result<(), LookupError> {
        Ok(sql!(self.execute:
            "INSERT INTO favorites (article_id, user_id)
            SELECT id, $1 FROM articles WHERE slug = $2 ON CONFLICT DO NOTHING",
            caller, slug)?)
    }

    /// Does nothing if the article is no favorite of the caller.
    pub async fn unfavorite(&self, caller: UserId, slug: &str) -> Result<(), LookupError> {
        Ok(sql!(self.execute:
            "DELETE FROM favorites
            WHERE user_id = $1 AND article_id = (SELECT id FROM articles WHERE slug = $2)",
            caller, slug)?)
    }

    /// Returns the tags that most articles have, at most 100.
    pub async fn tags(&self) -> Result<Vec<String>, ServerError> {
        let rows: Vec<(String,)> = sql!(self.fetch_all:
            "SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100")?;
        Ok(rows.into_iter().map(|(tag,)| tag).collect())
    }
}
