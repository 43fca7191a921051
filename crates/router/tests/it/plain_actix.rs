//! Extractors and replies implement actix's `FromRequest` and `Responder`: they
//! work in handlers outside of a registry.

use actix_web::{App, http::header, test, web};
use purlin_router::{
    Json,
    extract::{Headers, Path, Query},
    reply::{Created, NoContent},
    schema,
};
use serde_json::{Value, json};

#[schema]
struct Guest {
    #[garde(length(min = 1))]
    name: String,
}

#[schema(request)]
struct Limit {
    limit: u8,
}

#[schema(request)]
struct Client {
    #[serde(rename = "X-Client")]
    client: u8,
}

async fn create(
    Path(list): Path<String>,
    limit: Query<Limit>,
    client: Headers<Client>,
    mut guest: Json<Guest>,
) -> Created<Guest> {
    guest.name = format!("{list}/{}/{}/{}", guest.name, limit.limit, client.client);
    Created::new(guest.into_inner()).location("/guests/1")
}

#[actix_web::test]
async fn extractors_and_replies_work_in_plain_handlers() {
    let app = test::init_service(
        App::new()
            .route("/{list}/guests", web::post().to(create))
            .route(
                "/{list}",
                web::delete().to(|_: Path<String>| async { NoContent }),
            ),
    )
    .await;
    let request = test::TestRequest::post()
        .uri("/a%20b/guests?limit=3")
        .insert_header(("x-client", "4"))
        .set_json(json!({"name": "Ada"}))
        .to_request();
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), 201);
    assert_eq!(
        response.headers().get(header::LOCATION).unwrap(),
        "/guests/1"
    );
    let body: Value = test::read_body_json(response).await;
    assert_eq!(body, json!({"name": "a b/Ada/3/4"}));

    let request = test::TestRequest::delete().uri("/a").to_request();
    assert_eq!(test::call_service(&app, request).await.status(), 204);
}

#[actix_web::test]
async fn rejections_of_plain_handlers_are_problems() {
    let handler = |guest: Json<Guest>| async move { guest };
    let app = test::init_service(App::new().route("/", web::post().to(handler))).await;
    let request = test::TestRequest::post()
        .set_json(json!({"name": "", "x": 1}))
        .to_request();
    let response = test::call_service(&app, request).await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        response.headers().get(header::CONTENT_TYPE).unwrap(),
        "application/problem+json"
    );
    let body: Value = test::read_body_json(response).await;
    assert_eq!(
        body["violations"].as_array().map(Vec::len),
        Some(2),
        "{body}"
    );
}
