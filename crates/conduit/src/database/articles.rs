//! Articles, their tags and who marked them as favorites.

use std::io;

use sqlx::{query, query_scalar};

use super::{Database, UserId};
use crate::schemas::{Article, ArticlePreview, NewArticle, Search, Timestamp, UpdateArticle};

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
    ) -> sqlx::Result<(Vec<ArticlePreview>, u64)> {
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
    pub async fn article(&self, viewer: Option<UserId>, slug: &str) -> sqlx::Result<Article> {
        const ARTICLE: &str = concat!(
            select_preview!(),
            ", a.body
            FROM articles AS a JOIN users AS u ON u.id = a.author_id WHERE a.slug = $2"
        );
        sql!(self.fetch_one: ARTICLE, viewer, slug)
    }

    /// Returns who wrote an article.
    pub async fn author(&self, slug: &str) -> sqlx::Result<UserId> {
        sql!(self.fetch_one: "SELECT author_id FROM articles WHERE slug = $1", slug)
    }

    /// Stores an article with its tags, and returns it.
    pub async fn insert_article(
        &self,
        author: UserId,
        article: &NewArticle,
    ) -> sqlx::Result<Article> {
        const INSERT: &str = "
            INSERT INTO articles (slug, title, description, body, created_at, updated_at, author_id)
            VALUES ($1, $2, $3, $4, $5, $5, $6) RETURNING id";
        const TAG: &str =
            "INSERT INTO tags (article_id, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let insert = async |slug: String| {
            with_pool!(self, pool => {
                let mut transaction = pool.begin().await?;
                let insert = query_scalar(INSERT).bind(&slug).bind(&article.title);
                let insert = insert.bind(&article.description).bind(&article.body);
                let insert = insert.bind(Timestamp::now()).bind(author);
                let id: i64 = insert.fetch_one(&mut *transaction).await?;
                for tag in &article.tag_list {
                    query(TAG).bind(id).bind(tag).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
            });
            Ok(slug)
        };
        let slug = with_free_slug(&article.title, insert).await?;
        self.article(Some(author), &slug).await
    }

    /// Changes an article of this author, and returns it. Its slug changes with its title.
    pub async fn update_article(
        &self,
        author: UserId,
        slug: &str,
        article: &UpdateArticle,
    ) -> sqlx::Result<Article> {
        let update = async |new_slug: String| {
            sql!(self.returning:
                "UPDATE articles SET
                    slug = CASE WHEN coalesce($4, title) = title THEN slug ELSE $3 END,
                    title = coalesce($4, title),
                    description = coalesce($5, description),
                    body = coalesce($6, body),
                    updated_at = $7
                WHERE author_id = $1 AND slug = $2 RETURNING slug",
                author, slug, &new_slug, &article.title, &article.description, &article.body,
                Timestamp::now())
        };
        let title = article.title.as_deref().unwrap_or_default();
        let (slug,): (String,) = with_free_slug(title, update).await?;
        self.article(Some(author), &slug).await
    }

    /// Deletes an article of this author, with its tags, favorites and comments; fails if it is gone.
    pub async fn delete_article(&self, author: UserId, slug: &str) -> sqlx::Result<()> {
        let _: UserId = sql!(self.returning:
            "DELETE FROM articles WHERE author_id = $1 AND slug = $2 RETURNING author_id",
            author, slug)?;
        Ok(())
    }

    /// Does nothing if there is no such article, or it is a favorite already.
    pub async fn favorite(&self, caller: UserId, slug: &str) -> sqlx::Result<()> {
        sql!(self.execute:
            "INSERT INTO favorites (article_id, user_id)
            SELECT id, $1 FROM articles WHERE slug = $2 ON CONFLICT DO NOTHING",
            caller, slug)
    }

    /// Does nothing if the article is no favorite of the caller.
    pub async fn unfavorite(&self, caller: UserId, slug: &str) -> sqlx::Result<()> {
        sql!(self.execute:
            "DELETE FROM favorites
            WHERE user_id = $1 AND article_id = (SELECT id FROM articles WHERE slug = $2)",
            caller, slug)
    }

    /// Returns the tags that most articles have, at most 100.
    pub async fn tags(&self) -> sqlx::Result<Vec<String>> {
        let rows: Vec<(String,)> = sql!(self.fetch_all:
            "SELECT tag FROM tags GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100")?;
        Ok(rows.into_iter().map(|(tag,)| tag).collect())
    }
}

/// Calls `store` with the slug of a title and, while other articles have it, with a random number behind it.
async fn with_free_slug<T>(
    title: &str,
    store: impl AsyncFn(String) -> sqlx::Result<T>,
) -> sqlx::Result<T> {
    let mut slug = slug_of(title);
    loop {
        match store(slug).await {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                let number = getrandom::u32().map_err(io::Error::from)?;
                slug = format!("{}-{number:08x}", slug_of(title));
            }
            stored => return stored,
        }
    }
}

/// Returns a title in lower case, with hyphens for what is neither a letter nor a digit.
fn slug_of(title: &str) -> String {
    // Lower case can be longer.
    let title: String = title.to_lowercase().chars().take(200).collect();
    let parts = title.split(|character: char| !character.is_alphanumeric());
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    match &*parts.join("-") {
        "" => "untitled".to_owned(),
        // `GET /articles/feed` is another operation.
        "feed" => "feed-1".to_owned(),
        slug => slug.to_owned(),
    }
}
