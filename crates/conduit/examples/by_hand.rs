//! Three endpoints of Conduit written by hand on actix-web and sqlx, for `cargo xtask bench --conduit`: list articles, one
//! article, create a comment. The SQL, the checks and the JSON are those of Conduit.
//!
//! `DATABASE` is a database that Conduit has migrated, `SECRET` the secret of its tokens, `WORKERS` the number of threads.

use std::{collections::BTreeMap, env, error::Error, fmt::Write as _};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, ResponseError,
    error::JsonPayloadError,
    http::{StatusCode, header},
    web::{self, Data, Json, JsonConfig, Path, Query, QueryConfig},
};
use chrono::{DateTime, SubsecRound as _, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::{Deserialize, Serialize, Serializer};
use sqlx::{FromRow, PgPool, SqlitePool, query_as, query_scalar};

enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

macro_rules! with_pool {
    ($database:expr, $pool:ident => $expression:expr) => {
        match $database {
            Database::Sqlite($pool) => $expression,
            Database::Postgres($pool) => $expression,
        }
    };
}

/// The keys of tokens and what is required of them.
struct Tokens {
    key: DecodingKey,
    validation: Validation,
}

#[derive(Debug, thiserror::Error)]
enum ApiError {
    #[error("{message}")]
    Invalid {
        field: &'static str,
        message: String,
    },
    #[error("there is no valid token")]
    Unauthorized,
    #[error("there is no such article")]
    NotFound,
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Database(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        #[derive(Serialize)]
        struct Failure {
            errors: BTreeMap<&'static str, [String; 1]>,
        }
        let (field, message) = match self {
            Self::Invalid { field, message } => (*field, message.clone()),
            Self::Database(_) => ("body", "the database failed".to_owned()),
            error => ("body", error.to_string()),
        };
        let errors = BTreeMap::from([(field, [message])]);
        HttpResponse::build(self.status_code()).json(Failure { errors })
    }
}

fn invalid(field: &'static str, message: impl ToString) -> ApiError {
    ApiError::Invalid {
        field,
        message: message.to_string(),
    }
}

fn check_text(field: &'static str, text: &str, max: usize) -> Result<(), ApiError> {
    let length = text.chars().count();
    let is_visible = text.contains(|c| c > '\u{20}') && !text.contains(|c| c < '\u{9}');
    if length > max || !is_visible {
        return Err(invalid(field, format!("has to have 1 to {max} characters")));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    generation: i64,
}

/// A row of `users`, as Conduit reads it.
#[derive(FromRow)]
struct Account {
    id: i64,
    #[expect(dead_code, reason = "Conduit reads it")]
    username: String,
    #[expect(dead_code, reason = "Conduit reads it")]
    email: String,
    #[expect(dead_code, reason = "Conduit reads it")]
    password_hash: String,
    token_generation: i64,
    #[expect(dead_code, reason = "Conduit reads it")]
    bio: Option<String>,
    #[expect(dead_code, reason = "Conduit reads it")]
    image: Option<String>,
}

/// Returns the id of the caller, if the request has a token.
async fn caller(
    request: &HttpRequest,
    tokens: &Tokens,
    database: &Database,
) -> Result<Option<i64>, ApiError> {
    const SELECT: &str = "SELECT * FROM users WHERE id = $1";
    let Some(field) = request.headers().get(header::AUTHORIZATION) else {
        return Ok(None);
    };
    let token = field.to_str().ok();
    let token = token.and_then(|field| field.strip_prefix("Token "));
    let token = token.ok_or(ApiError::Unauthorized)?;
    let decoded = jsonwebtoken::decode::<Claims>(token, &tokens.key, &tokens.validation);
    let claims = decoded.map_err(|_| ApiError::Unauthorized)?.claims;
    let id: i64 = claims.sub.parse().map_err(|_| ApiError::Unauthorized)?;
    let account: Option<Account> = with_pool!(database, pool => {
        query_as(SELECT).bind(id).fetch_optional(pool).await?
    });
    let account = account.filter(|account| account.token_generation == claims.generation);
    let account = account.ok_or(ApiError::Unauthorized)?;
    Ok(Some(account.id))
}

/// A time with milliseconds.
#[derive(Clone, Copy, sqlx::Type)]
#[sqlx(transparent)]
struct Timestamp(DateTime<Utc>);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

/// Tags in alphabetical order.
#[derive(Serialize)]
struct TagList(Vec<String>);

impl From<Option<String>> for TagList {
    fn from(tags: Option<String>) -> Self {
        let tags = tags.unwrap_or_default();
        let mut tags: Vec<_> = tags.split_terminator('\u{1}').map(str::to_owned).collect();
        tags.sort_unstable();
        Self(tags)
    }
}

#[derive(Serialize, FromRow)]
struct Profile {
    username: String,
    bio: Option<String>,
    image: Option<String>,
    following: bool,
}

#[derive(Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
struct ArticlePreview {
    slug: String,
    title: String,
    description: String,
    #[sqlx(try_from = "Option<String>")]
    tag_list: TagList,
    created_at: Timestamp,
    updated_at: Timestamp,
    favorited: bool,
    #[sqlx(try_from = "i64")]
    favorites_count: u32,
    #[sqlx(flatten)]
    author: Profile,
}

#[derive(Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
struct Article {
    slug: String,
    title: String,
    description: String,
    body: String,
    #[sqlx(try_from = "Option<String>")]
    tag_list: TagList,
    created_at: Timestamp,
    updated_at: Timestamp,
    favorited: bool,
    #[sqlx(try_from = "i64")]
    favorites_count: u32,
    #[sqlx(flatten)]
    author: Profile,
}

#[derive(Serialize, FromRow)]
#[serde(rename_all = "camelCase")]
struct Comment {
    id: i64,
    body: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    #[sqlx(flatten)]
    author: Profile,
}

#[derive(Serialize, Deserialize)]
struct ArticleBody<T> {
    article: T,
}

#[derive(Serialize, Deserialize)]
struct CommentBody<T> {
    comment: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Articles {
    articles: Vec<ArticlePreview>,
    articles_count: i64,
}

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

#[derive(Deserialize)]
struct Search {
    tag: Option<String>,
    author: Option<String>,
    favorited: Option<String>,
    limit: Option<u32>,
    offset: Option<u32>,
}

/// Returns the `Link` header of a page; of a query that finds articles by tag or user, `query` is the part for that.
fn links(query: &str, limit: u32, offset: u32, total: i64) -> String {
    let (wide, start, total) = (u64::from(limit), u64::from(offset), total.unsigned_abs());
    let mut links = String::with_capacity(192);
    let mut add = |relation: &str, offset: u64| {
        let comma = if links.is_empty() { "" } else { ", " };
        let and = if query.is_empty() { "" } else { "&" };
        let _ = write!(
            links,
            "{comma}<?{query}{and}offset={offset}&limit={limit}>; rel=\"{relation}\""
        );
    };
    add("first", 0);
    if start > 0 {
        add("prev", start.saturating_sub(wide));
    }
    if start + wide < total {
        add("next", start + wide);
    }
    if let Some(behind) = total.checked_sub(start % wide + 1) {
        add("last", behind / wide * wide + start % wide);
    }
    links
}

async fn list_articles(
    request: HttpRequest,
    search: Query<Search>,
    tokens: Data<Tokens>,
    database: Data<Database>,
) -> Result<HttpResponse, ApiError> {
    const SELECT: &str = concat!(
        select_preview!(),
        from_found!(),
        " ORDER BY a.created_at DESC, a.id DESC LIMIT $6 OFFSET $7"
    );
    const COUNT: &str = concat!("SELECT count(*)", from_found!());
    let Search {
        tag,
        author,
        favorited,
        limit,
        offset,
    } = search.into_inner();
    for (field, text) in [
        ("tag", &tag),
        ("author", &author),
        ("favorited", &favorited),
    ] {
        text.as_deref()
            .map_or(Ok(()), |text| check_text(field, text, 50))?;
    }
    let limit = limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(invalid("limit", "has to be between 1 and 100"));
    }
    let viewer = caller(&request, &tokens, &database).await?;
    let offset = offset.unwrap_or(0);
    let (articles, articles_count) = with_pool!(&**database, pool => {
        let articles = query_as(SELECT)
            .bind(viewer)
            .bind(tag.as_deref())
            .bind(author.as_deref())
            .bind(favorited.as_deref())
            .bind(false)
            .bind(i64::from(limit))
            .bind(i64::from(offset))
            .fetch_all(pool)
            .await?;
        let articles_count = query_scalar(COUNT)
            .bind(viewer)
            .bind(tag.as_deref())
            .bind(author.as_deref())
            .bind(favorited.as_deref())
            .bind(false)
            .fetch_one(pool)
            .await?;
        (articles, articles_count)
    });
    let query = request.query_string().split('&');
    let kept = query
        .filter(|it| !it.is_empty() && !it.starts_with("limit=") && !it.starts_with("offset="));
    let kept = kept.collect::<Vec<_>>().join("&");
    let links = links(&kept, limit, offset, articles_count);
    Ok(HttpResponse::Ok()
        .insert_header((header::LINK, links))
        .json(Articles {
            articles,
            articles_count,
        }))
}

async fn get_article(
    request: HttpRequest,
    slug: Path<String>,
    tokens: Data<Tokens>,
    database: Data<Database>,
) -> Result<Json<ArticleBody<Article>>, ApiError> {
    const SELECT: &str = concat!(
        select_preview!(),
        ", a.body
        FROM articles AS a JOIN users AS u ON u.id = a.author_id WHERE a.slug = $2"
    );
    check_text("slug", &slug, 300).map_err(|_| ApiError::NotFound)?;
    let viewer = caller(&request, &tokens, &database).await?;
    let article = with_pool!(&**database, pool => {
        query_as(SELECT).bind(viewer).bind(&*slug).fetch_optional(pool).await?
    });
    let article = article.ok_or(ApiError::NotFound)?;
    Ok(Json(ArticleBody { article }))
}

#[derive(Deserialize)]
struct NewComment {
    body: String,
}

async fn create_comment(
    request: HttpRequest,
    slug: Path<String>,
    sent: Json<CommentBody<NewComment>>,
    tokens: Data<Tokens>,
    database: Data<Database>,
) -> Result<Json<CommentBody<Comment>>, ApiError> {
    const INSERT: &str = "
        INSERT INTO comments (body, created_at, updated_at, article_id, author_id)
        SELECT $3, $4, $4, id, $1 FROM articles WHERE slug = $2
        RETURNING id";
    const SELECT: &str = "
        SELECT c.id, c.body, c.created_at, c.updated_at, u.username, u.bio, u.image,
            EXISTS (SELECT 1 FROM follows WHERE follower_id = $1 AND followed_id = u.id) AS following
        FROM comments AS c JOIN users AS u ON u.id = c.author_id WHERE c.id = $2";
    check_text("slug", &slug, 300).map_err(|_| ApiError::NotFound)?;
    let author = caller(&request, &tokens, &database).await?;
    let author = author.ok_or(ApiError::Unauthorized)?;
    let body = &sent.comment.body;
    check_text("body", body, 10_000)?;
    let comment = with_pool!(&**database, pool => {
        let id: Option<i64> = query_scalar(INSERT)
            .bind(author)
            .bind(&*slug)
            .bind(body)
            .bind(Timestamp(Utc::now().trunc_subsecs(3)))
            .fetch_optional(pool)
            .await?;
        let id = id.ok_or(ApiError::NotFound)?;
        query_as(SELECT).bind(author).bind(id).fetch_one(pool).await?
    });
    Ok(Json(CommentBody { comment }))
}

/// The benches wait for it.
async fn get_tags(database: Data<Database>) -> Result<Json<Vec<String>>, ApiError> {
    const SELECT: &str = "SELECT DISTINCT tag FROM tags LIMIT 100";
    Ok(Json(with_pool!(&**database, pool => {
        query_scalar(SELECT).fetch_all(pool).await?
    })))
}

fn routes(config: &mut web::ServiceConfig) {
    let query = QueryConfig::default().error_handler(|error, _| invalid("query", error).into());
    let json = |error: JsonPayloadError, _: &HttpRequest| invalid("body", error).into();
    config
        .app_data(query)
        .app_data(JsonConfig::default().limit(1 << 20).error_handler(json))
        .route("/api/tags", web::get().to(get_tags))
        .route("/api/articles", web::get().to(list_articles))
        .route("/api/articles/{slug}", web::get().to(get_article))
        .route(
            "/api/articles/{slug}/comments",
            web::post().to(create_comment),
        );
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let url = env::var("DATABASE")?;
    let database = Data::new(if url.starts_with("sqlite:") {
        Database::Sqlite(SqlitePool::connect(&url).await?)
    } else {
        Database::Postgres(PgPool::connect(&url).await?)
    });
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&["conduit"]);
    validation.set_audience(&["conduit"]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let tokens = Data::new(Tokens {
        key: DecodingKey::from_secret(env::var("SECRET")?.as_bytes()),
        validation,
    });
    let data = database.clone();
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(tokens.clone())
            .configure(routes)
    })
    .workers(env::var("WORKERS")?.parse()?)
    .bind("127.0.0.1:0")?;
    for address in server.addrs() {
        println!("Three endpoints are served at http://{address}/");
    }
    server.run().await?;
    with_pool!(&**database, pool => pool.close().await);
    Ok(())
}
