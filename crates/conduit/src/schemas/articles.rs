//! Articles.

use purlin_router::{pagination::ByOffset, schema};
use sqlx::FromRow;

use super::{LimitedText, Profile, Timestamp};

/// `{"article": …}`
#[schema(rename = "{T}Body")]
pub struct ArticleBody<T> {
    pub article: T,
}

/// An article to publish.
#[schema(request, unknown_fields = "ignore")]
#[serde(rename_all = "camelCase")]
pub struct NewArticle {
    pub title: LimitedText<200>,
    pub description: LimitedText<1000>,
    pub body: LimitedText<100_000>,
    #[serde(default)]
    #[garde(length(max = 20))]
    pub tag_list: Vec<LimitedText<50>>,
}

/// What is to change of an article. Another title makes another slug.
#[schema(request, unknown_fields = "ignore")]
pub struct UpdateArticle {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<LimitedText<200>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<LimitedText<1000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<LimitedText<100_000>>,
}

/// Which of the articles that are found are listed.
pub type ArticlePage = ByOffset<20, 100>;

/// Which articles are found, the newest first.
#[schema(request)]
pub struct Search {
    /// Those with this tag.
    pub tag: Option<LimitedText<50>>,
    /// Those of this user.
    pub author: Option<LimitedText<50>>,
    /// Those that this user marked as favorites.
    pub favorited: Option<LimitedText<50>>,
    #[serde(flatten)]
    pub page: ArticlePage,
}

/// A page of articles.
#[schema(response)]
#[serde(rename_all = "camelCase")]
pub struct Articles {
    pub articles: Vec<ArticlePreview>,
    /// The number of articles on all pages.
    pub articles_count: u64,
}

/// An article.
#[schema(response)]
#[derive(FromRow)]
pub struct Article {
    #[serde(flatten)]
    #[sqlx(flatten)]
    pub preview: ArticlePreview,
    pub body: String,
}

/// An article without its body.
#[schema(response)]
#[serde(rename_all = "camelCase")]
#[derive(FromRow)]
pub struct ArticlePreview {
    pub slug: String,
    pub title: String,
    pub description: String,
    #[sqlx(try_from = "Option<String>")]
    pub tag_list: TagList,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Whether the caller marked the article as a favorite.
    pub favorited: bool,
    /// How many users did.
    #[sqlx(try_from = "i64")]
    pub favorites_count: u32,
    #[sqlx(flatten)]
    pub author: Profile,
}

/// Tags in alphabetical order.
#[schema(response)]
pub struct TagList(Vec<String>);

/// Splits what a query aggregated at a character that tags do not contain.
impl From<Option<String>> for TagList {
    fn from(tags: Option<String>) -> Self {
        let tags = tags.unwrap_or_default();
        let mut tags: Vec<_> = tags.split_terminator('\u{1}').map(str::to_owned).collect();
        tags.sort_unstable();
        Self(tags)
    }
}

/// The tags that most articles have.
#[schema(response)]
pub struct Tags {
    pub tags: Vec<String>,
}
