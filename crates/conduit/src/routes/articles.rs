//! Articles, their tags, and who marked them as favorites.

use super::*;

type Listed = Result<Paged<Articles>, ServerError>;
type Found = Result<Json<ArticleBody<Article>>, LookupError>;

/// List articles.
#[get("/articles", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_articles(search: Query<Search>, caller: Option<Caller>, db: Db) -> Listed {
    list(&db, id_of(caller), &search, false).await
}

/// List articles of users whom the caller follows.
#[get("/articles/feed", tags = ["articles"], authenticators = [TOKEN])]
pub async fn get_feed(page: Query<ArticlePage>, caller: Caller, db: Db) -> Listed {
    let search = Search {
        tag: None,
        author: None,
        favorited: None,
        page: *page,
    };
    list(&db, Some(caller.claims.id), &search, true).await
}

/// Return an article.
#[get("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_article(slug: Slug, caller: Option<Caller>, db: Db) -> Found {
    find(&db, id_of(caller), &slug).await
}

/// Publish an article.
#[post("/articles", tags = ["articles"], authenticators = [TOKEN])]
pub async fn create_article(
    caller: Caller,
    sent: Json<ArticleBody<NewArticle>>,
    db: Db,
) -> Result<Created<ArticleBody<Article>>, ServerError> {
    let article = db.insert_article(caller.claims.id, &sent.article).await?;
    let location = format!("/api/articles/{}", article.preview.slug);
    Ok(Created::new(ArticleBody { article }).location(location))
}

/// Change an article of the caller.
#[put("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn update_article(
    slug: Slug,
    caller: Caller,
    sent: Json<ArticleBody<UpdateArticle>>,
    db: Db,
) -> Result<Json<ArticleBody<Article>>, OwnerError> {
    check_owner(db.author(&slug).await?, &caller)?;
    let article = db
        .update_article(caller.claims.id, &slug, &sent.article)
        .await?;
    Ok(Json(ArticleBody { article }))
}

/// Delete an article of the caller.
#[delete("/articles/{slug}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn delete_article(slug: Slug, caller: Caller, db: Db) -> Result<NoContent, OwnerError> {
    check_owner(db.author(&slug).await?, &caller)?;
    db.delete_article(caller.claims.id, &slug).await?;
    Ok(NoContent)
}

/// Mark an article as a favorite.
#[post("/articles/{slug}/favorite", tags = ["articles"], authenticators = [TOKEN])]
pub async fn favorite_article(slug: Slug, caller: Caller, db: Db) -> Found {
    db.favorite(caller.claims.id, &slug).await?;
    find(&db, Some(caller.claims.id), &slug).await
}

/// Unmark a favorite.
#[delete("/articles/{slug}/favorite", tags = ["articles"], authenticators = [TOKEN])]
pub async fn unfavorite_article(slug: Slug, caller: Caller, db: Db) -> Found {
    db.unfavorite(caller.claims.id, &slug).await?;
    find(&db, Some(caller.claims.id), &slug).await
}

/// List the tags that most articles have.
#[get("/tags", tags = ["articles"])]
pub async fn get_tags(db: Db) -> Result<Json<Tags>, ServerError> {
    let tags = db.tags().await?;
    Ok(Json(Tags { tags }))
}

async fn find(db: &Db, viewer: Option<UserId>, slug: &str) -> Found {
    let article = db.article(viewer, slug).await?;
    Ok(Json(ArticleBody { article }))
}

async fn list(db: &Db, viewer: Option<UserId>, search: &Search, is_feed: bool) -> Listed {
    let (articles, articles_count) = db.articles(viewer, search, is_feed).await?;
    let links = search.page.links(articles_count);
    Ok(Paged::new(
        Articles {
            articles,
            articles_count,
        },
        links,
    ))
}
