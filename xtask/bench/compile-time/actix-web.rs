//! Keeps guests, rooms and more.

use actix_web::{App, HttpResponse, HttpServer, get, post, web};
use garde::Validate;
use serde::{Deserialize, Serialize};

// for each resource
/// What is known of a NAME before it is kept.
#[derive(Deserialize, Validate)]
#[serde(deny_unknown_fields)]
struct NewTYPE {
    /// What it is called.
    #[garde(length(chars, min = 1, max = 80))]
    title: String,
    /// How many persons it is for.
    #[garde(range(min = 1, max = 150))]
    persons: u32,
    /// What else there is to know.
    #[garde(length(chars, max = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[garde(length(max = 10))]
    tags: Vec<String>,
}

/// A NAME.
#[derive(Serialize)]
struct TYPE {
    /// The number it was given.
    id: u64,
    /// What it is called.
    title: String,
    /// How many persons it is for.
    persons: u32,
    /// What else there is to know.
    remarks: Option<String>,
    /// By what it is found.
    tags: Vec<String>,
}

/// Keeps a NAME.
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

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let app = || {
        App::new()
            // for each resource
            .service(create_NAME)
            .service(read_NAME)
        // end
    };
    HttpServer::new(app).bind(("127.0.0.1", 8080))?.run().await
}
