//! The articles that a user marked as favorites.

use purlin_router::prelude::*;

use super::{Db, Slug, articles::find};
use crate::{
    auth::{Caller, TOKEN},
    errors::LookupError,
    schemas::{Article, ArticleBody},
};

/// Mark an article as a favorite.
#[post("/articles/{slug}/favorite", tags = ["articles"], authenticators = [TOKEN])]
pub async fn favorite_article(
    slug: Path<Slug>,
    caller: Caller,
    db: Db,
) -> Result<Json<ArticleBody<Article>>, LookupError> {
    db.favorite(caller.claims.sub, &slug).await?;
    find(&db, Some(caller.claims.sub), &slug).await
}

/// Unmark a favorite.
#[delete("/articles/{slug}/favorite", tags = ["articles"], authenticators = [TOKEN])]
pub async fn unfavorite_article(
    slug: Path<Slug>,
    caller: Caller,
    db: Db,
) -> Result<Json<ArticleBody<Article>>, LookupError> {
    db.unfavorite(caller.claims.sub, &slug).await?;
    find(&db, Some(caller.claims.sub), &slug).await
}
