//! Articles.

use purlin_router::{pagination::ByOffset, schema};
use sqlx::FromRow;

use super::{Profile, Tag, Text, Timestamp};

/// `{"article": …}`
#[schema(rename = "{T}Body")]
pub struct ArticleBody<T> {
    pub article: T,
}

/// An article to publish.
#[schema(request, unknown_fields = "ignore")]
#[serde(rename_all = "camelCase")]
pub struct NewArticle {
    pub title: Text<200>,
    pub description: Text<1000>,
    pub body: Text<100_000>,
    #[serde(default)]
    #[garde(length(max = 20))]
    pub tag_list: Vec<Tag>,
}

/// What is to change of an article. Another title makes another slug.
#[schema(request, unknown_fields = "ignore")]
pub struct UpdateArticle {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Text<200>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Text<1000>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<Text<100_000>>,
}

/// Which articles are listed, the newest first.
#[schema(request)]
pub struct Search {
    /// Those with this tag.
    pub tag: Option<Tag>,
    /// Those of this user.
    pub author: Option<Text<50>>,
    /// Those that this user marked as favorites.
    pub favorited: Option<Text<50>>,
    #[serde(flatten)]
    pub page: ByOffset<20, 100>,
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
    #[sqlx(try_from = "String")]
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

/// Reads the lines that a query aggregated.
impl From<String> for TagList {
    fn from(lines: String) -> Self {
        let lines = lines.split('\n').filter(|line| !line.is_empty());
        let mut tags: Vec<_> = lines.map(str::to_owned).collect();
        tags.sort_unstable();
        Self(tags)
    }
}

/// The tags that most articles have.
#[schema(response)]
pub struct Tags {
    pub tags: Vec<String>,
}
