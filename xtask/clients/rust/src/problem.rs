//! The todo example, with problem details: every violation has its place.

use crate::check::{Outcome, rejection, same, with_key};

progenitor::generate_api!(
    spec = "../../../target/clients/documents/todo_problem-clients.json",
    interface = Builder,
);

use types::{Location, Problem, UpdateTodo};

pub async fn call(url: &str, key: &str) -> Outcome {
    let client = Client::new_with_client(url, with_key("x-myapp-key", key)?);

    let missing = client
        .update_todo()
        .todo(1_000_000_u64)
        .body(UpdateTodo::builder());
    let (status, problem) = rejection(missing.send().await)?;
    let problem: Problem = problem;
    same((status, problem.status), (404, 404_u16))?;
    same(problem.violations.len(), 0)?;

    let (status, problem) = rejection(Client::new(url).get_todos().send().await)?;
    let problem: Problem = problem;
    same((status, problem.status), (401, 401_u16))?;

    same(client.get_todos().send().await?.data.len(), 0)?;
    violations(&client).await
}

/// The builders let nothing through that the document refuses, so this request is made by hand.
async fn violations(client: &Client) -> Outcome {
    let url = format!("{}/todos", client.baseurl());
    let body = serde_json::json!({"complete": "nearly"});
    let response = client.client().post(url).json(&body).send().await?;
    same(response.status().as_u16(), 400)?;
    let problem: Problem = response.json().await?;
    let mut found: Vec<(Location, &str, &str)> = problem
        .violations
        .iter()
        .map(|it| (it.location, it.pointer.as_str(), it.code.as_str()))
        .collect();
    found.sort_unstable_by_key(|(_, pointer, _)| *pointer);
    same(
        found,
        [
            (Location::Body, "/complete", "type"),
            (Location::Body, "/description", "required"),
        ],
    )
}
