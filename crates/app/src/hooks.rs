//! Functions of the application that run before the first request and after the last.

use std::{any::Any, future::Future, panic::AssertUnwindSafe, time::Duration};

use actix_web::rt::time::timeout;
use futures_util::{FutureExt, future::LocalBoxFuture};

use crate::error::{BoxError, error_chain};

/// A named function that runs once, at startup or at shutdown.
pub(crate) struct Hook {
    name: String,
    run: Box<dyn FnOnce() -> LocalBoxFuture<'static, Result<(), BoxError>>>,
}

impl Hook {
    pub(crate) fn new<F, R>(name: &str, run: F) -> Self
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<(), BoxError>> + 'static,
    {
        Self {
            name: name.to_owned(),
            run: Box::new(move || Box::pin(run())),
        }
    }
}

/// Runs the startup hooks in order, up to the first that fails.
pub(crate) async fn run_startup(hooks: Vec<Hook>) -> Result<(), String> {
    for Hook { name, run } in hooks {
        catch_panic(run).await.map_err(|error| {
            let cause = error_chain(&*error);
            format!("the startup hook `{name}` failed: {cause}")
        })?;
    }
    Ok(())
}

/// Runs the shutdown hooks, the last one first. A hook that fails or exceeds `limit` is logged, and the next one runs.
pub(crate) async fn run_shutdown(hooks: Vec<Hook>, limit: Duration) {
    for Hook { name, run } in hooks.into_iter().rev() {
        within(limit, &format!("the shutdown hook `{name}`"), run).await;
    }
}

/// Runs a function of the application; a panic of it is an error, so that what is open can still be closed.
pub(crate) async fn catch_panic<T, R>(run: impl FnOnce() -> R) -> Result<T, BoxError>
where
    R: Future<Output = Result<T, BoxError>>,
{
    // What a panic leaves behind is only closed.
    let result = AssertUnwindSafe(async move { run().await }).catch_unwind();
    result
        .await
        .unwrap_or_else(|panic| Err(format!("panicked: {}", panic_message(&*panic)).into()))
}

/// Returns the message of `panic!` with a literal (`&str`) or with arguments (`String`).
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let literal = panic.downcast_ref::<&str>().copied();
    let formatted = || panic.downcast_ref::<String>().map(String::as_str);
    literal.or_else(formatted).unwrap_or("no message")
}

/// Runs a function of the application for at most `limit`; logs an error, a panic or a timeout of `what`.
pub(crate) async fn within<R>(limit: Duration, what: &str, run: impl FnOnce() -> R)
where
    R: Future<Output = Result<(), BoxError>>,
{
    match timeout(limit, catch_panic(run)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => log::error!("{what} failed: {}", error_chain(&*error)),
        Err(_) => log::error!("{what} did not finish within {} s", limit.as_secs()),
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, rc::Rc};

    use actix_web::rt::System;

    use super::*;

    fn noting(name: &'static str, notes: &Rc<RefCell<Vec<&'static str>>>, fails: bool) -> Hook {
        let notes = Rc::clone(notes);
        Hook::new(name, move || async move {
            notes.borrow_mut().push(name);
            if fails {
                return Err("no database".into());
            }
            Ok(())
        })
    }

    #[test]
    fn startup_hooks_run_in_order_up_to_the_first_that_fails() {
        let notes = Rc::default();
        let hooks = vec![
            noting("pool", &notes, false),
            noting("mail", &notes, true),
            noting("never", &notes, false),
        ];
        let result = System::new().block_on(run_startup(hooks));
        let message = "the startup hook `mail` failed: no database";
        assert_eq!(result, Err(message.to_owned()));
        assert_eq!(*notes.borrow(), ["pool", "mail"]);
    }

    #[test]
    fn shutdown_hooks_run_in_reverse_and_one_that_fails_or_hangs_does_not_stop_the_others() {
        let notes = Rc::default();
        let endless = Hook::new("endless", std::future::pending);
        let hooks = vec![
            noting("pool", &notes, false),
            endless,
            noting("mail", &notes, true),
        ];
        System::new().block_on(run_shutdown(hooks, Duration::from_millis(20)));
        assert_eq!(*notes.borrow(), ["mail", "pool"]);
    }
}
