//! Keeps guests, rooms and more.

use actix_web::{App, HttpResponse, HttpServer, get, post, web};
use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};
use utoipa_swagger_ui::SwaggerUi;

// for each resource
/// What is known of a NAME before it is kept.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
struct NewTYPE {
    /// What it is called.
    #[garde(length(chars, min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80)]
    title: String,
    /// How many persons it is for.
    #[garde(range(min = 1, max = 150))]
    #[schema(minimum = 1, maximum = 150)]
    persons: u32,
    /// What else there is to know.
    #[garde(length(chars, max = 500))]
    #[schema(max_length = 500)]
    remarks: Option<String>,
    /// By what it is found.
    #[garde(length(max = 10))]
    #[schema(max_items = 10)]
    tags: Vec<String>,
}

/// A NAME.
#[derive(Serialize, ToSchema)]
struct TYPE {
    /// The number it was given.
    id: u64,
    /// What it is called.
    #[schema(min_length = 1, max_length = 80)]
    title: String,
    /// How many persons it is for.
    #[schema(minimum = 1, maximum = 150)]
    persons: u32,
    /// What else there is to know.
    #[schema(max_length = 500)]
    remarks: Option<String>,
    /// By what it is found.
    #[schema(max_items = 10)]
    tags: Vec<String>,
}

/// Keeps a NAME.
///
/// It gets a number.
#[utoipa::path(tag = "NAMEs", responses((status = 201, body = TYPE), (status = 400, body = String)))]
#[post("/NAMEs")]
async fn create_NAME(new: web::Json<NewTYPE>) -> HttpResponse {
    let new = new.into_inner();
    if let Err(report) = new.validate() {
        return HttpResponse::BadRequest().body(report.to_string());
    }
    HttpResponse::Created().json(TYPE {
        id: 1,
        title: new.title,
        persons: new.persons,
        remarks: new.remarks,
        tags: new.tags,
    })
}

/// Returns a NAME.
///
/// The number is the one it was given.
#[utoipa::path(tag = "NAMEs", responses((status = 200, body = TYPE)))]
#[get("/NAMEs/{id}")]
async fn read_NAME(id: web::Path<u64>) -> web::Json<TYPE> {
    web::Json(TYPE {
        id: *id,
        title: "the first NAME".to_owned(),
        persons: 2,
        remarks: None,
        tags: Vec::new(),
    })
}
// end

#[derive(OpenApi)]
#[openapi(paths(
    // for each resource
    create_NAME,
    read_NAME,
    // end
))]
struct Document;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let app = || {
        App::new()
            // for each resource
            .service(create_NAME)
            .service(read_NAME)
            // end
            .service(SwaggerUi::new("/docs/{_:.*}").url("/openapi.json", Document::openapi()))
    };
    HttpServer::new(app).bind(("127.0.0.1", 8080))?.run().await
}
