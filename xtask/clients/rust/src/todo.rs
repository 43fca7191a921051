//! The todo example, with the errors of Flask-Rebar.

use crate::check::{Outcome, rejection, same, with_key};

progenitor::generate_api!(
    spec = "../../../target/clients/documents/todo-clients.json",
    interface = Builder,
);

use types::{CreateTodo, GetTodosByTypeTodo, Todo, TodoType, UpdateTodo};

pub async fn call(url: &str, key: &str) -> Outcome {
    let client = Client::new_with_client(url, with_key("x-myapp-key", key)?);

    // What has a default may be left out of a request.
    let new = CreateTodo::builder()
        .complete(false)
        .description("Find product market fit");
    let made = client.create_todo().body(new).send().await?;
    same(made.status().as_u16(), 201)?;
    let Todo {
        id,
        complete,
        description,
        type_,
    } = made.into_inner().data;
    same((complete, type_), (false, TodoType::User))?;
    same(description, "Find product market fit")?;

    let change = UpdateTodo::builder().complete(true).type_(TodoType::Group);
    let changed = client.update_todo().todo(id).body(change).send().await?;
    same(
        (changed.data.complete, changed.data.type_),
        (true, TodoType::Group),
    )?;

    let done = client.get_todos().complete(true).send().await?;
    same(done.data.iter().any(|todo: &Todo| todo.id == id), true)?;
    let open = client.get_todos().complete(false).send().await?;
    same(open.data.iter().any(|todo| todo.id == id), false)?;

    let of_groups = client.get_todos_by_type().todo(GetTodosByTypeTodo::Group);
    let kinds = of_groups.send().await?.into_inner().data.into_iter();
    same(
        kinds.map(|todo| todo.type_).collect::<Vec<_>>(),
        [TodoType::Group],
    )?;

    rejections(&client, &Client::new(url)).await
}

async fn rejections(client: &Client, stranger: &Client) -> Outcome {
    let (status, error) = rejection(stranger.get_todos().send().await)?;
    let error: types::Error = error;
    same(status, 401)?;
    same(error.message.is_empty(), false)?;

    let nothing = UpdateTodo::builder();
    let missing = client.update_todo().todo(1_000_000_u64).body(nothing);
    let (status, error) = rejection(missing.send().await)?;
    let error: types::Error = error;
    same(status, 404)?;
    same(error.message.is_empty(), false)
}
