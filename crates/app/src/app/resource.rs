//! Resources: what is opened before the first request, checked by `/readyz` and closed after the last request.

use std::{
    fmt,
    future::Future,
    sync::{Arc, OnceLock},
    time::Duration,
};

use actix_web::web::Data;
use futures_util::future::LocalBoxFuture;

use super::Extensions;
use crate::{
    error::{BoxError, error_chain},
    hooks::{catch_panic, within},
    ops::ReadinessCheck,
};

/// The timeout of a check, unless the builder sets another one.
const CHECK_TIMEOUT: Duration = Duration::from_secs(1);

type Opening<T> = LocalBoxFuture<'static, Result<T, BoxError>>;
type Open<T> = Box<dyn FnOnce() -> Opening<T>>;
type Use<T> = Arc<dyn Fn(Data<T>) -> Opening<()> + Send + Sync>;

/// How a resource is opened, checked and closed; see [`App::resource`](crate::App::resource).
pub struct ResourceBuilder<T> {
    open: Open<T>,
    check: Option<Use<T>>,
    check_timeout: Duration,
    close: Option<Use<T>>,
}

impl<T: 'static> ResourceBuilder<T> {
    /// Begins with the closure that opens the resource.
    pub fn new<F, R>(open: F) -> Self
    where
        F: FnOnce() -> R + 'static,
        R: Future<Output = Result<T, BoxError>> + 'static,
    {
        Self {
            open: Box::new(move || Box::pin(open())),
            check: None,
            check_timeout: CHECK_TIMEOUT,
            close: None,
        }
    }

    /// Makes the server not ready while `check` fails or takes longer than a second.
    #[must_use]
    pub fn check<F>(mut self, check: F) -> Self
    where
        F: AsyncFn(&T) -> Result<(), BoxError> + Send + Sync + 'static,
    {
        self.check = Some(erase(check));
        self
    }

    /// Sets the timeout of the check.
    #[must_use]
    pub fn check_timeout(mut self, timeout: Duration) -> Self {
        self.check_timeout = timeout;
        self
    }

    /// Closes the resource after the last request, within `http.shutdown_timeout` seconds; a failure is logged.
    #[must_use]
    pub fn close<F>(mut self, close: F) -> Self
    where
        F: AsyncFn(&T) -> Result<(), BoxError> + Send + Sync + 'static,
    {
        self.close = Some(erase(close));
        self
    }
}

fn erase<T, F>(function: F) -> Use<T>
where
    T: 'static,
    F: AsyncFn(&T) -> Result<(), BoxError> + Send + Sync + 'static,
{
    let function = Arc::new(function);
    Arc::new(move |resource| {
        let function = Arc::clone(&function);
        Box::pin(async move { function(&resource).await })
    })
}

impl<T, F, R> From<F> for ResourceBuilder<T>
where
    T: 'static,
    F: FnOnce() -> R + 'static,
    R: Future<Output = Result<T, BoxError>> + 'static,
{
    fn from(open: F) -> Self {
        Self::new(open)
    }
}

/// A handle to a resource; clones refer to the same one.
pub struct Resource<T>(Arc<Slot<T>>);

struct Slot<T> {
    name: String,
    value: OnceLock<Data<T>>,
}

/// The resource is not open: the program is still composed, or runs a command that opens none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the resource `{0}` is not open")]
pub struct NotOpenError(String);

impl<T> Resource<T> {
    /// Returns the resource, once it is open.
    pub fn get(&self) -> Result<&T, NotOpenError> {
        self.data_ref().map(|data| &***data)
    }

    /// Returns the resource as handlers extract it, once it is open.
    pub fn data(&self) -> Result<Data<T>, NotOpenError> {
        self.data_ref().cloned()
    }

    fn data_ref(&self) -> Result<&Data<T>, NotOpenError> {
        let Slot { name, value } = &*self.0;
        value.get().ok_or_else(|| NotOpenError(name.clone()))
    }
}

impl<T> Clone for Resource<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resource")
            .field("name", &self.0.name)
            .field("is_open", &self.0.value.get().is_some())
            .finish()
    }
}

/// The resources of an application, in the order in which they are opened.
#[derive(Default)]
pub(crate) struct Resources(Vec<Managed>);

/// A resource without its type.
struct Managed {
    name: String,
    open: Option<Open<()>>,
    close: Option<Open<()>>,
    /// Adds the open resource to the state of the application.
    provide: Box<dyn Fn(&mut Extensions)>,
    is_open: bool,
}

impl Resources {
    pub(super) fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|resource| resource.name == name)
    }

    /// Adds a resource; returns its handle, and its check for readiness.
    pub(super) fn add<T: Send + Sync + 'static>(
        &mut self,
        name: &str,
        builder: ResourceBuilder<T>,
    ) -> (Resource<T>, Option<ReadinessCheck>) {
        let handle = Resource(Arc::new(Slot {
            name: name.to_owned(),
            value: OnceLock::new(),
        }));
        let check = builder.check.map(|check| {
            let handle = handle.clone();
            ReadinessCheck::new(name, builder.check_timeout, move || {
                let checked = handle.data().map(|resource| check(resource));
                async move {
                    let checked = checked.map_err(|error| error.to_string())?;
                    checked.await.map_err(|error| error_chain(&*error))
                }
            })
        });
        let (opened, closed, provided) = (handle.clone(), handle.clone(), handle.clone());
        let (open, close) = (builder.open, builder.close);
        self.0.push(Managed {
            name: name.to_owned(),
            open: Some(Box::new(move || {
                Box::pin(async move {
                    let resource = Data::new(open().await?);
                    // Opened once: the slot is empty.
                    let _ = opened.0.value.set(resource);
                    Ok(())
                })
            })),
            close: close.map(|close| -> Open<()> {
                Box::new(move || Box::pin(async move { close(closed.data()?).await }))
            }),
            provide: Box::new(move |extensions| {
                if let Ok(data) = provided.data() {
                    extensions.add(move |config| {
                        config.app_data(data.clone());
                    });
                }
            }),
            is_open: false,
        });
        (handle, check)
    }

    /// Opens all resources in order, up to the first that fails.
    pub(crate) async fn open(&mut self) -> Result<(), String> {
        for resource in &mut self.0 {
            let Some(open) = resource.open.take() else {
                continue;
            };
            catch_panic(open).await.map_err(|error| {
                let cause = error_chain(&*error);
                format!("cannot open the resource `{}`: {cause}", resource.name)
            })?;
            resource.is_open = true;
        }
        Ok(())
    }

    /// Adds the open resources to the state of the application.
    pub(crate) fn provide(&self, extensions: &mut Extensions) {
        for resource in &self.0 {
            (resource.provide)(extensions);
        }
    }

    /// Closes those that are open in reverse order, each within `limit`.
    pub(crate) async fn close(self, limit: Duration) {
        for resource in self.0.into_iter().rev().filter(|it| it.is_open) {
            if let Some(close) = resource.close {
                let what = format!("closing the resource `{}`", resource.name);
                within(limit, &what, close).await;
            }
        }
    }
}
