//! Flask-Rebar's todo example, for its existing clients: the same paths, the same
//! key, identical errors.
//!
//! `cargo run -p purlin-router --example todo`, then
//!
//! ```text
//! curl -s localhost:8080/todos                                    # 401: a key is needed
//! alias todo="curl -s -H 'X-MyApp-Key: my-api-key' -H 'Content-Type: application/json'"
//! todo localhost:8080/todos -d '{"complete": false, "description": "Find product market fit"}'
//! todo localhost:8080/todos/1 -X PATCH -d '{"complete": "wrong type"}'
//! todo localhost:8080/todos/1 -X PATCH -d '{"complete": true}'
//! todo 'localhost:8080/todos?complete=true'
//! todo localhost:8080/todos/group
//! ```
//!
//! and open <http://localhost:8080/swagger/ui>. Another address to listen on is
//! the first argument; a second one, `problem`, selects the error style of a new
//! API. The original is `xtask/parity/todo.py`;
//! `cargo xtask parity` sends both the same requests.

use std::{
    collections::BTreeMap,
    error::Error,
    sync::{Mutex, MutexGuard, PoisonError},
};

use actix_web::{App, HttpServer, web};
use purlin_router::{
    Json, Registry,
    auth::HeaderApiKey,
    error::{ErrorStyle, http::NotFound},
    extract::{Path, Query},
    get,
    openapi::{Contact, Dialect, License, Tag},
    patch, post,
    reply::Created,
    schema,
};

// Request and response bodies. Where Python has a schema class, Rust has a struct
// or an enum: its fields are the schema, and a handler receives it as a value.

/// Whose todo it is.
#[schema]
#[serde(rename_all = "lowercase")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TodoType {
    /// A person's.
    #[default]
    User,
    /// A group's.
    Group,
}

// `fields.String(required=True)` is a plain field, `load_default` is
// `#[serde(default)]`, and a schema with `partial=True` is a second struct, of
// which every field may be left out, but not be null.

/// A todo to be added.
#[schema(
    request,
    partial(UpdateTodo, description = "What to change of a todo.")
)]
pub struct CreateTodo {
    /// Whether it is done.
    #[schemars(example = false)]
    complete: bool,
    /// What is to be done.
    #[schemars(example = "Find product market fit")]
    description: String,
    /// Whose todo it is.
    #[serde(rename = "type", default)]
    kind: TodoType,
}

/// Which todos to list.
#[schema(request)]
pub struct TodoFilter {
    /// Those that are done, or those that are not; all without it.
    complete: Option<bool>,
}

/// Something to be done.
#[schema(response)]
#[derive(Clone)]
pub struct Todo {
    /// Numbered from 1.
    id: u64,
    /// Whether it is done.
    complete: bool,
    /// What is to be done.
    description: String,
    /// Whose todo it is.
    #[serde(rename = "type")]
    kind: TodoType,
}

/// One todo, in the envelope clients know.
#[schema(response)]
pub struct TodoResource {
    /// The todo.
    data: Todo,
}

/// Several todos, in the envelope clients know.
#[schema(response)]
pub struct TodoList {
    /// In the order they were added.
    data: Vec<Todo>,
}

/// A mock database in memory.
#[derive(Default)]
pub struct Store(Mutex<BTreeMap<u64, Todo>>);

impl Store {
    /// Locks the todos. Ignores poisoning, because a panic elsewhere leaves complete
    /// todos behind.
    fn todos(&self) -> MutexGuard<'_, BTreeMap<u64, Todo>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn list(&self, filter: &TodoFilter, kind: Option<TodoType>) -> TodoList {
        let all = self.todos();
        let matching = all.values().filter(|todo| {
            filter.complete.is_none_or(|wanted| wanted == todo.complete)
                && kind.is_none_or(|wanted| wanted == todo.kind)
        });
        TodoList {
            data: matching.cloned().collect(),
        }
    }
}

// Handlers. Where Python reads `rebar.validated_body` and
// `rebar.validated_args`, a handler declares what it takes; a request that does
// not match is rejected before the handler is called.

/// Add a todo.
///
/// Returns the todo as it is stored.
#[post("/todos", tags = ["todo"])]
pub async fn create_todo(new: Json<CreateTodo>, store: web::Data<Store>) -> Created<TodoResource> {
    let new = new.into_inner();
    let mut todos = store.todos();
    let id = todos.len() as u64 + 1;
    let todo = Todo {
        id,
        complete: new.complete,
        description: new.description,
        kind: new.kind,
    };
    todos.insert(id, todo.clone());
    Created::new(TodoResource { data: todo })
}

/// List todos.
///
/// All of them, or those that are done, or those that are not.
#[get("/todos", tags = ["todo"])]
pub async fn get_todos(filter: Query<TodoFilter>, store: web::Data<Store>) -> Json<TodoList> {
    Json(store.list(&filter, None))
}

// The original's URL converter is the type in `Path`: any other text is an
// unknown address, or one that only `update_todo` serves. To OpenAPI both
// are one path, so its parameter has one name.

/// List the todos of one type.
///
/// All of them, or those that are done, or those that are not.
#[get("/todos/{todo}", tags = ["todo"])]
pub async fn get_todos_by_type(
    kind: Path<TodoType>,
    filter: Query<TodoFilter>,
    store: web::Data<Store>,
) -> Json<TodoList> {
    Json(store.list(&filter, Some(*kind)))
}

/// Change a todo.
///
/// What is left out stays as it was.
#[patch("/todos/{todo}", tags = ["todo"])]
pub async fn update_todo(
    id: Path<u64>,
    change: Json<UpdateTodo>,
    store: web::Data<Store>,
) -> Result<Json<TodoResource>, NotFound> {
    let mut todos = store.todos();
    let todo = todos.get_mut(&id).ok_or_else(NotFound::default)?;
    let UpdateTodo {
        complete,
        description,
        kind,
    } = change.into_inner();
    todo.complete = complete.unwrap_or(todo.complete);
    todo.kind = kind.unwrap_or(todo.kind);
    if let Some(description) = description {
        todo.description = description;
    }
    Ok(Json(TodoResource { data: todo.clone() }))
}

/// The API. Every operation needs the key. The document in Swagger 2.0 and a page
/// are where Flask-Rebar serves them, as they are by default.
pub fn registry() -> Registry {
    Registry::new("My API", "1.0.0")
        .description("Keeps todos, for people and for groups, until the process ends.")
        .contact(Contact::new("The developers of Purlin").url(env!("CARGO_PKG_REPOSITORY")))
        .license(License::at(
            env!("CARGO_PKG_LICENSE"),
            concat!(env!("CARGO_PKG_REPOSITORY"), "#licence"),
        ))
        .error_style(ErrorStyle::Rebar)
        .tag(Tag::new("todo").description("Operations for managing TODO items."))
        .authenticator(
            "sharedSecret",
            HeaderApiKey::new("X-MyApp-Key").key("default", "my-api-key"),
        )
        .default_authenticators(["sharedSecret"])
        .app_data(web::Data::new(Store::default()))
        .operation(create_todo)
        .operation(get_todos)
        .operation(get_todos_by_type)
        .operation(update_todo)
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next();
    // A new API would use problem details (RFC 9457).
    let is_new = arguments.next().is_some_and(|style| style == "problem");
    let api = match is_new {
        true => registry().error_style(ErrorStyle::Problem).build()?,
        false => registry().build()?,
    };
    let printed = match address.as_deref() {
        // The document that `cargo xtask contract` compares with the saved one.
        Some("openapi") => Some(api.document_with_items().to_json(Dialect::V3_1)),
        // The document for client generators.
        Some("clients") => Some(api.document().for_clients().to_json(Dialect::V3_0)),
        _ => None,
    };
    if let Some(document) = printed {
        print!("{document}");
        return Ok(());
    }
    let server = HttpServer::new(move || {
        App::new()
            .service(api.clone())
            .default_service(api.not_found())
    })
    .workers(2)
    .bind(address.as_deref().unwrap_or("127.0.0.1:8080"))?;
    for address in server.addrs() {
        println!("Todos is served at http://{address}/, its page at /swagger/ui");
    }
    server.run().await?;
    Ok(())
}
