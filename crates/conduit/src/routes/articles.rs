//! Articles and their tags.

use purlin_router::{
    auth::anyone,
    error::http::Forbidden,
    pagination::{ByOffset, Paged},
    prelude::*,
};

use super::{Db, Slug, id_of, no_account, no_article};
use crate::{
    auth::{Caller, TOKEN},
    database::{Filter, UserId},
    errors::{LookupError, OwnerError, SaveOwnError, ServerError, UpdateError},
    schemas::{Article, ArticleBody, Articles, NewArticle, Search, Tags, UpdateArticle},
};

/// List articles.
#[get("/articles", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_articles(
    search: Query<Search>,
    caller: Option<Caller>,
    db: Db,
) -> Result<Paged<Articles>, ServerError> {
    let Search {
        tag,
        author,
        favorited,
        page,
    } = &*search;
    let filter = Filter {
        tag: tag.as_deref(),
        author: author.as_deref(),
        favorited: favorited.as_deref(),
        followed: false,
    };
    list(&db, id_of(caller.as_ref()), filter, *page).await
}

/// List articles of users whom the caller follows.
#[get("/articles/feed", tags = ["articles"], authenticators = [TOKEN])]
pub async fn get_feed(
    page: Query<ByOffset<20, 100>>,
    caller: Caller,
    db: Db,
) -> Result<Paged<Articles>, ServerError> {
    let filter = Filter {
        followed: true,
        ..Filter::default()
    };
    list(&db, Some(caller.claims.sub), filter, *page).await
}

/// Return an article.
#[get("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_article(
    slug: Path<Slug>,
    caller: Option<Caller>,
    db: Db,
) -> Result<Json<ArticleBody<Article>>, LookupError> {
    find(&db, id_of(caller.as_ref()), &slug).await
}

/// Publish an article.
#[post("/articles", tags = ["articles"], authenticators = [TOKEN])]
pub async fn create_article(
    caller: Caller,
    sent: Json<ArticleBody<NewArticle>>,
    db: Db,
) -> Result<Created<ArticleBody<Article>>, SaveOwnError> {
    let slug = slug_of(&sent.article.title);
    let article = db
        .insert_article(caller.claims.sub, &slug, &sent.article)
        .await?;
    let article = article.ok_or_else(no_account)?;
    Ok(Created::new(ArticleBody { article }).location(format!("/api/articles/{slug}")))
}

/// Change an article of the caller.
#[put("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn update_article(
    slug: Path<Slug>,
    caller: Caller,
    sent: Json<ArticleBody<UpdateArticle>>,
    db: Db,
) -> Result<Json<ArticleBody<Article>>, UpdateError> {
    check_author(&db, &slug, &caller).await?;
    let new_slug = sent.article.title.as_deref().map(slug_of);
    let (author, new_slug) = (caller.claims.sub, new_slug.as_deref());
    let article = db
        .update_article(author, &slug, new_slug, &sent.article)
        .await?;
    let article = article.ok_or_else(no_article)?;
    Ok(Json(ArticleBody { article }))
}

/// Delete an article of the caller.
#[delete("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn delete_article(
    slug: Path<Slug>,
    caller: Caller,
    db: Db,
) -> Result<NoContent, OwnerError> {
    check_author(&db, &slug, &caller).await?;
    db.delete_article(caller.claims.sub, &slug).await?;
    Ok(NoContent)
}

/// List the tags that most articles have.
#[get("/tags", tags = ["articles"])]
pub async fn get_tags(db: Db) -> Result<Json<Tags>, ServerError> {
    let tags = db.tags().await?;
    Ok(Json(Tags { tags }))
}

pub(super) async fn find(
    db: &Db,
    viewer: Option<UserId>,
    slug: &str,
) -> Result<Json<ArticleBody<Article>>, LookupError> {
    let article = db.article(viewer, slug).await?.ok_or_else(no_article)?;
    Ok(Json(ArticleBody { article }))
}

async fn list(
    db: &Db,
    viewer: Option<UserId>,
    filter: Filter<'_>,
    page: ByOffset<20, 100>,
) -> Result<Paged<Articles>, ServerError> {
    let range = (page.limit(), page.offset());
    let (articles, articles_count) = db.articles(viewer, filter, range).await?;
    Ok(Paged::new(
        Articles {
            articles,
            articles_count,
        },
        page.links(articles_count),
    ))
}

async fn check_author(db: &Db, slug: &str, caller: &Caller) -> Result<(), OwnerError> {
    match db.author(slug).await? {
        None => Err(no_article().into()),
        Some(author) if author == caller.claims.sub => Ok(()),
        Some(_) => Err(Forbidden::new("the article belongs to another user").into()),
    }
}

/// Returns a title in lower case, with a hyphen for what is neither a letter nor a digit.
fn slug_of(title: &str) -> String {
    let title = title.to_lowercase();
    let parts = title.split(|character: char| !character.is_alphanumeric());
    let parts: Vec<_> = parts.filter(|word| !word.is_empty()).collect();
    match parts.join("-") {
        slug if slug.is_empty() => "untitled".to_owned(),
        // `GET /articles/feed` is another operation.
        slug if slug == "feed" => "feed-1".to_owned(),
        slug => slug,
    }
}
