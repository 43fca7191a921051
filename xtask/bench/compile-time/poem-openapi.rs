//! Keeps guests, rooms and more.

use poem::{Route, Server, listener::TcpListener};
use poem_openapi::{ApiResponse, Object, OpenApi, OpenApiService, param::Path, payload::Json};

// for each resource
/// What is known of a NAME before it is kept.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct NewTYPE {
    /// What it is called.
    #[oai(validator(min_length = 1, max_length = 80))]
    title: String,
    /// How many persons it is for.
    #[oai(validator(minimum(value = "1"), maximum(value = "150")))]
    persons: u32,
    /// What else there is to know.
    #[oai(validator(max_length = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[oai(validator(max_items = 10))]
    tags: Vec<String>,
}

/// A NAME.
#[derive(Object)]
struct TYPE {
    /// The number it was given.
    id: u64,
    /// What it is called.
    #[oai(validator(min_length = 1, max_length = 80))]
    title: String,
    /// How many persons it is for.
    #[oai(validator(minimum(value = "1"), maximum(value = "150")))]
    persons: u32,
    /// What else there is to know.
    #[oai(validator(max_length = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[oai(validator(max_items = 10))]
    tags: Vec<String>,
}

#[derive(ApiResponse)]
enum CreatedTYPE {
    /// It is kept.
    #[oai(status = 201)]
    Created(Json<TYPE>),
}
// end

struct Api;

#[OpenApi]
impl Api {
    // for each resource
    /// Keeps a NAME.
    ///
    /// It gets a number.
    #[oai(path = "/NAMEs", method = "post")]
    async fn create_NAME(&self, new: Json<NewTYPE>) -> CreatedTYPE {
        let new = new.0;
        CreatedTYPE::Created(Json(TYPE {
            id: 1,
            title: new.title,
            persons: new.persons,
            remarks: new.remarks,
            tags: new.tags,
        }))
    }

    /// Returns a NAME.
    ///
    /// The number is the one it was given.
    #[oai(path = "/NAMEs/:id", method = "get")]
    async fn read_NAME(&self, id: Path<u64>) -> Json<TYPE> {
        Json(TYPE {
            id: id.0,
            title: "the first NAME".to_owned(),
            persons: 2,
            remarks: None,
            tags: Vec::new(),
        })
    }
    // end
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let service = OpenApiService::new(Api, "Service", "1.0.0");
    let (docs, document) = (service.swagger_ui(), service.spec_endpoint());
    let routes = Route::new()
        .nest("/", service)
        .nest("/docs", docs)
        .nest("/openapi.json", document);
    Server::new(TcpListener::bind("127.0.0.1:8080"))
        .run(routes)
        .await
}
