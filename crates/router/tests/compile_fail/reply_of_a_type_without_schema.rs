use purlin_router::{Json, Registry, get, post, schema, reply::Created};

struct Todo {
    title: String,
}

#[schema(request)]
struct NewTodo {
    title: String,
}

#[get("/todos/first")]
async fn get_todo() -> Json<Todo> {
    Json(Todo { title: String::new() })
}

#[post("/todos")]
async fn post_todo(todo: Json<NewTodo>) -> Created<NewTodo> {
    Created::new(todo.into_inner())
}

fn main() {
    let _ = Registry::new("Todos", "1.0.0")
        .operation(get_todo)
        .operation(post_todo);
}
