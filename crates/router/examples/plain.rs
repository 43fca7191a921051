//! An API without attributes on the handlers: operations are built by hand.
//!
//! `cargo run -p purlin-router --example plain`, then open
//! <http://localhost:8080/docs>.

use std::error::Error;

use actix_web::{App, HttpServer, web};
use purlin_router::{
    Json, Operation, Registry,
    error::http::NotFound,
    extract::Path,
    reply::{Created, NoContent},
    schema,
};

/// Something to be done.
#[schema]
#[derive(Clone)]
struct Todo {
    #[garde(length(min = 1, max = 200))]
    title: String,
    done: bool,
}

/// The state that the handlers share.
struct Store {
    first: Todo,
}

async fn get_todo(id: Path<u64>, store: web::Data<Store>) -> Result<Json<Todo>, NotFound> {
    if *id == 1 {
        Ok(Json(store.first.clone()))
    } else {
        Err(NotFound::new(format!("todo {} does not exist", *id)))
    }
}

async fn post_todo(todo: Json<Todo>) -> Created<Todo> {
    Created::new(todo.into_inner()).location("/todos/2")
}

async fn delete_todo(_: Path<u64>) -> NoContent {
    NoContent
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = web::Data::new(Store {
        first: Todo {
            title: "rest".to_owned(),
            done: false,
        },
    });
    let api = Registry::new("Todos", "1.0.0")
        .app_data(store)
        .operation(Operation::get("/todos/{id}", get_todo).summary("Read a todo"))
        .operation(Operation::post("/todos", post_todo).summary("Add a todo"))
        .operation(Operation::delete("/todos/{id}", delete_todo).summary("Drop a todo"))
        .build()?;

    println!("http://127.0.0.1:8080/docs");
    HttpServer::new(move || {
        App::new()
            .service(api.clone())
            .default_service(api.not_found())
    })
    .workers(2)
    .bind(("127.0.0.1", 8080))?
    .run()
    .await?;
    Ok(())
}
