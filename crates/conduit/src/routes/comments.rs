//! Comments on articles.

use super::*;

/// List the comments on an article.
#[get("/articles/{slug}/comments", tags = ["articles"], authenticators = [TOKEN, anyone()])]
pub async fn get_comments(
    slug: Slug,
    page: Query<CommentPage>,
    caller: Option<Caller>,
    db: Db,
) -> Result<Paged<Comments>, LookupError> {
    let (comments, count) = db.comments(id_of(caller), &slug, *page).await?;
    Ok(Paged::new(Comments { comments }, page.links(count)))
}

/// Comment on an article.
#[post("/articles/{slug}/comments", tags = ["articles"], authenticators = [TOKEN])]
pub async fn create_comment(
    slug: Slug,
    caller: Caller,
    sent: Json<CommentBody<NewComment>>,
    db: Db,
) -> Result<Json<CommentBody<Comment>>, LookupError> {
    let comment = db
        .insert_comment(caller.claims.id, &slug, &sent.comment)
        .await?;
    Ok(Json(CommentBody { comment }))
}

/// Delete a comment of the caller.
#[delete("/articles/{slug}/comments/{id}", tags = ["articles"], authenticators = [TOKEN])]
pub async fn delete_comment(
    path: Path<(LimitedText<300>, i64)>,
    caller: Caller,
    db: Db,
) -> Result<NoContent, OwnerError> {
    let (slug, id) = path.into_inner();
    check_owner(db.comment_author(&slug, id).await?, &caller)?;
    db.delete_comment(id).await?;
    Ok(NoContent)
}
