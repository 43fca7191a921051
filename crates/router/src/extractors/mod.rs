//! The extractors: each reads one section of the request as a declared type
//! and describes it to the document. Types, limits and reports are implemented
//! in `purlin-schemas`.

mod actix_path;
pub(crate) mod body;
pub(crate) mod body_error;
mod body_extractor;
pub(crate) mod content_coding;
pub(crate) mod content_type;
mod cookies;
#[cfg(feature = "compression")]
pub(crate) mod decoding;
mod form;
pub(crate) mod headers;
#[cfg(feature = "multipart")]
mod multipart;
mod one_of;
mod path;
mod percent;
mod query;
mod raw;

pub use body_extractor::BodyExtractor;
pub use cookies::Cookies;
pub use form::Form;
pub use headers::Headers;
#[cfg(feature = "multipart")]
pub use multipart::{File, InMemory, Multipart};
pub use one_of::{BodyOf, Never, OneOf};
pub use path::Path;
pub use query::Query;

/// Access to the value inside, for every extractor and JSON reply.
macro_rules! value_inside {
    ($name:ident) => {
        impl<T> $name<T> {
            /// Returns the value inside.
            pub fn into_inner(self) -> T {
                self.0
            }
        }

        impl<T> std::ops::Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }

        impl<T> std::ops::DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }
    };
}

/// `FromRequest` by [`Extractor`](crate::extract::Extractor), so that the extractor also
/// works in a plain actix handler.
macro_rules! from_request {
    ($name:ident reads the body) => {
        crate::extractors::from_request!($name, actix_web::dev::Payload::take);
    };
    // One that does not read the body leaves it to the one that does.
    ($name:ident) => {
        crate::extractors::from_request!($name, |_: &mut _| actix_web::dev::Payload::None);
    };
    ($name:ident, $body:expr) => {
        impl<T> actix_web::FromRequest for $name<T>
        where
            T: serde::de::DeserializeOwned + purlin_schemas::Schema,
        {
            type Error = crate::error::Rejection;
            type Future = std::pin::Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

            fn from_request(
                request: &actix_web::HttpRequest,
                payload: &mut actix_web::dev::Payload,
            ) -> Self::Future {
                let request = request.clone();
                let mut payload = $body(payload);
                Box::pin(async move {
                    let context = crate::context::Context::of(&request);
                    <Self as crate::extractor::Extractor>::read(&context, &mut payload).await
                })
            }
        }
    };
}

pub(crate) use {from_request, value_inside};
