//! Comments on articles.

use purlin_router::{
    auth::anyone,
    error::http::{Forbidden, NotFound},
    pagination::{ByOffset, Paged},
    prelude::*,
};

use super::{Db, Slug, id_of, no_article};
use crate::{
    auth::{Caller, TOKEN},
    errors::{LookupError, OwnerError},
    schemas::{Comment, CommentBody, Comments, NewComment},
};

/// List the comments on an article.
#[get("/articles/{slug}/comments", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_comments(
    slug: Path<Slug>,
    page: Query<ByOffset<100, 500>>,
    caller: Option<Caller>,
    db: Db,
) -> Result<Paged<Comments>, LookupError> {
    let range = (page.limit(), page.offset());
    let found = db.comments(id_of(caller.as_ref()), &slug, range).await?;
    let (comments, count) = found.ok_or_else(no_article)?;
    Ok(Paged::new(Comments { comments }, page.links(count)))
}

/// Comment on an article.
#[post("/articles/{slug}/comments", tags = ["articles"], authenticators = [TOKEN])]
pub async fn create_comment(
    slug: Path<Slug>,
    caller: Caller,
    sent: Json<CommentBody<NewComment>>,
    db: Db,
) -> Result<Json<CommentBody<Comment>>, LookupError> {
    let comment = db
        .insert_comment(caller.claims.sub, &slug, &sent.comment.body)
        .await?;
    let comment = comment.ok_or_else(no_article)?;
    Ok(Json(CommentBody { comment }))
}

/// Delete a comment of the caller.
#[delete("/articles/{slug}/comments/{id}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn delete_comment(
    path: Path<(Slug, i64)>,
    caller: Caller,
    db: Db,
) -> Result<NoContent, OwnerError> {
    let (slug, id) = path.into_inner();
    let author = db.comment_author(&slug, id).await?;
    let author = author.ok_or_else(|| NotFound::new("there is no such comment"))?;
    if author != caller.claims.sub {
        return Err(Forbidden::new("the comment belongs to another user").into());
    }
    db.delete_comment(id).await?;
    Ok(NoContent)
}
