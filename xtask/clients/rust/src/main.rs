//! Calls every operation of the services through clients that `progenitor` writes from their documents:
//! `purlin-clients-check GREETINGS_URL TODO_URL TODO_WITH_PROBLEM_DETAILS_URL`, the keys in `GREETINGS_KEY` and
//! `TODO_KEY`.
//!
//! The documents are those `cargo xtask clients` put into the workspace's `target/clients/documents/`.

mod check;
mod greetings;
mod problem;
mod todo;

use check::Outcome;

fn main() -> Outcome {
    let urls: Vec<String> = std::env::args().skip(1).collect();
    let [greetings_url, todo_url, problem_url] = urls.as_slice() else {
        return Err("three addresses are needed".into());
    };
    let greetings_key = std::env::var("GREETINGS_KEY")?;
    let todo_key = std::env::var("TODO_KEY")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        greetings::call(greetings_url, &greetings_key).await?;
        todo::call(todo_url, &todo_key).await?;
        problem::call(problem_url, &todo_key).await
    })?;
    println!("Rust: the response of every operation has its type");
    Ok(())
}
