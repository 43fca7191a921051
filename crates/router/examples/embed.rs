//! Mounts two registries with different error styles in an existing actix service
//! that has its own services and middleware.
//!
//! `cargo run -p purlin-router --example embed`, then
//!
//! ```text
//! curl -i localhost:8080/health
//! curl -i localhost:8080/acme/todos/7
//! curl -i 'localhost:8080/acme/todos?limit=1000&done=maybe'
//! curl -i -X POST localhost:8080/legacy/todos -H 'content-type: application/json' -d '{}'
//! ```
//!
//! and open <http://localhost:8080/acme/docs>.

use std::error::Error;

use actix_web::{App, HttpResponse, HttpServer, middleware::DefaultHeaders, web};
use purlin_router::{
    ApiError, Json, Registry,
    error::ErrorStyle,
    extract::{Path, Query},
    get, post,
    reply::Created,
    schema,
};

/// Something to be done.
#[schema]
#[derive(Clone, Debug)]
struct Todo {
    /// What is to be done.
    #[garde(length(min = 1, max = 200))]
    title: String,
    done: bool,
}

/// Which todos to list.
#[schema(request)]
struct Filter {
    #[garde(range(min = 1, max = 100))]
    limit: Option<u32>,
    done: Option<bool>,
}

#[derive(Debug, thiserror::Error, ApiError)]
enum TodoError {
    /// There is no such todo.
    #[error("todo {0} does not exist")]
    #[status(404)]
    NotFound(u64),
}

/// List todos.
#[get("/todos", tags = ["todos"])]
async fn list_todos(filter: Query<Filter>, tenant: web::Path<String>) -> Json<Vec<Todo>> {
    let todo = Todo {
        title: format!("greet {tenant}"),
        done: filter.done.unwrap_or_default(),
    };
    let limit = filter.limit.unwrap_or(1);
    Json((0..limit).map(|_| todo.clone()).collect())
}

/// Read a todo.
#[get("/todos/{id}", tags = ["todos"])]
async fn get_todo(id: Path<u64>) -> Result<Json<Todo>, TodoError> {
    match *id {
        7 => Ok(Json(Todo {
            title: "rest".to_owned(),
            done: false,
        })),
        other => Err(TodoError::NotFound(other)),
    }
}

/// Add a todo.
#[post("/todos", tags = ["todos"])]
async fn post_todo(todo: Json<Todo>) -> Created<Todo> {
    Created::new(todo.into_inner()).location("todos/8")
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let todos = Registry::new("Todos", "2.0.0")
        .operation(list_todos)
        .operation(get_todo)
        .operation(post_todo)
        .build()?;
    // The API of an older service, beside the new one.
    let legacy = Registry::new("Todos", "1.0.0")
        .prefix("/legacy")
        .error_style(ErrorStyle::Rebar)
        .operation(post_todo)
        .build()?;

    println!("http://127.0.0.1:8080/acme/docs");
    HttpServer::new(move || {
        App::new()
            .wrap(DefaultHeaders::new().add(("X-Served-By", "embed")))
            .route("/health", web::get().to(HttpResponse::Ok))
            .service(legacy.clone())
            .service(web::scope("/{tenant}").service(todos.clone()))
            .default_service(todos.not_found())
    })
    .workers(2)
    .bind(("127.0.0.1", 8080))?
    .run()
    .await?;
    Ok(())
}
