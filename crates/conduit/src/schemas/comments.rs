//! Comments on articles.

use purlin_router::{pagination::ByOffset, schema};
use sqlx::FromRow;

use super::{LimitedText, Profile, Timestamp};

/// `{"comment": …}`
#[schema(rename = "{T}Body")]
pub struct CommentBody<T> {
    pub comment: T,
}

/// A comment to add.
#[schema(request, unknown_fields = "ignore")]
pub struct NewComment {
    pub body: LimitedText<10_000>,
}

/// Which comments are listed, the newest first.
pub type CommentPage = ByOffset<100, 500>;

/// The comments on an article, the newest first.
#[schema(response)]
pub struct Comments {
    pub comments: Vec<Comment>,
}

/// A comment.
#[schema(response)]
#[serde(rename_all = "camelCase")]
#[derive(FromRow)]
pub struct Comment {
    pub id: i64,
    pub body: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    #[sqlx(flatten)]
    pub author: Profile,
}
