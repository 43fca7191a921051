//! A schema with errors still implements the traits, so that its uses cause no follow-up errors.

use purlin_router::{Json, Registry, get, post, schema, extract::Query};

#[schema(partial = UpdateArticle)]
struct Article {
    title: String,
    #[serde(serialize_with = "millis")]
    created: u64,
}

#[schema]
struct Feed<T: Clone> {
    #[validate(length(min = 1))]
    articles: Vec<T>,
}

#[schema(by_value)]
enum Order {
    Newest,
    Oldest,
}

#[schema(request)]
struct Filter {
    #[serde(default, deserialize_with = "order")]
    order: Option<Order>,
}

#[schema]
struct Page {
    feed: Feed<String>,
    first: Option<Article>,
}

#[get("/articles")]
async fn get_articles(_filter: Query<Filter>) -> Json<Page> {
    let feed = Feed { articles: Vec::new() };
    Json(Page { feed, first: None })
}

#[post("/articles")]
async fn post_article(article: Json<Article>) -> Json<Article> {
    let _ = serde_json::to_string(&article.0);
    article
}

#[post("/articles/first")]
async fn update_article(_update: Json<UpdateArticle>) -> Json<Feed<String>> {
    Json(Feed { articles: Vec::new() })
}

fn main() {
    let _ = (Order::Newest, Order::Oldest);
    let _ = Registry::new("Articles", "1.0.0")
        .operation(get_articles)
        .operation(post_article)
        .operation(update_article);
}
