//! A body of one of several media types.

use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

#[cfg(feature = "multipart")]
use super::Multipart;
use super::{BodyExtractor, Form, body, content_type};
use crate::{
    context::Context, describe::OperationBuilder, error::Rejection, extractor::Extractor,
    json::Json,
};

/// A body of one of two or three media types, which its `Content-Type` decides. The document lists each with its schema, and
/// a body of another media type is rejected with a 415 that names all of them.
///
/// ```
/// use purlin_router::{Json, Registry, extract::{Form, OneOf}, post, reply::NoContent, schema};
///
/// #[schema(request)]
/// struct Login {
///     #[garde(length(min = 1))]
///     name: String,
/// }
///
/// #[post("/login")]
/// async fn log_in(login: OneOf<Json<Login>, Form<Login>>) -> NoContent {
///     let login = login.into_inner();
///     println!("{} logs in", login.name);
///     NoContent
/// }
///
/// # Registry::new("Logins", "1.0.0").operation(log_in).build().unwrap();
/// ```
///
/// Bodies of different types are matched:
///
/// ```
/// # use purlin_router::{Json, Registry, post, reply::NoContent, schema};
/// use purlin_router::extract::{File, Multipart, OneOf};
///
/// #[schema(request)]
/// struct Address {
///     #[garde(url)]
///     url: String,
/// }
///
/// #[schema(request)]
/// struct Upload {
///     picture: File,
/// }
///
/// #[post("/pictures")]
/// async fn add_picture(picture: OneOf<Json<Address>, Multipart<Upload>>) -> NoContent {
///     match picture {
///         OneOf::First(Json(address)) => println!("a picture at {}", address.url),
///         OneOf::Second(Multipart(upload)) => println!("{} bytes", upload.picture.size()),
///     }
///     NoContent
/// }
///
/// # Registry::new("Pictures", "1.0.0").operation(add_picture).build().unwrap();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneOf<A, B, C = Never> {
    /// A body of the first kind.
    First(A),
    /// A body of the second kind.
    Second(B),
    /// A body of the third kind.
    Third(C),
}

/// No body: the third kind of a [`OneOf`] of two, which therefore needs no arm in a `match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Never {}

impl<A, B, C> OneOf<A, B, C> {
    /// Returns the value inside, where it has the same type in each media type.
    pub fn into_inner<T>(self) -> T
    where
        A: BodyOf<T>,
        B: BodyOf<T>,
        C: BodyOf<T>,
    {
        match self {
            Self::First(body) => body.into_value(),
            Self::Second(body) => body.into_value(),
            Self::Third(body) => body.into_value(),
        }
    }
}

/// A body that is read as a `T`.
pub trait BodyOf<T> {
    /// Returns the value.
    fn into_value(self) -> T;
}

impl<T> BodyOf<T> for Never {
    fn into_value(self) -> T {
        match self {}
    }
}

impl<T> BodyOf<T> for Json<T> {
    fn into_value(self) -> T {
        self.0
    }
}

impl<T> BodyOf<T> for Form<T> {
    fn into_value(self) -> T {
        self.0
    }
}

#[cfg(feature = "multipart")]
impl<T> BodyOf<T> for Multipart<T> {
    fn into_value(self) -> T {
        self.0
    }
}

impl<A, B, C> BodyExtractor for OneOf<A, B, C>
where
    A: BodyExtractor,
    B: BodyExtractor,
    C: BodyExtractor,
{
    fn media_types() -> Vec<&'static str> {
        [A::media_types(), B::media_types(), C::media_types()].concat()
    }

    fn reads(media_type: &str) -> bool {
        A::reads(media_type) || B::reads(media_type) || C::reads(media_type)
    }
}

#[diagnostic::do_not_recommend]
impl<A, B, C> Extractor for OneOf<A, B, C>
where
    A: BodyExtractor,
    B: BodyExtractor,
    C: BodyExtractor,
{
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.one_of_bodies(&[A::describe, B::describe, C::describe]);
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        let found = content_type::only(context.request());
        match found {
            Some(found) if A::reads(found) => A::read(context, payload).await.map(Self::First),
            Some(found) if B::reads(found) => B::read(context, payload).await.map(Self::Second),
            Some(found) if C::reads(found) => C::read(context, payload).await.map(Self::Third),
            _ => {
                let found = context.request().headers().get_all(header::CONTENT_TYPE);
                let found: Vec<_> = found.collect();
                let wanted = Self::media_types();
                let rejection = content_type::unsupported(context, &found, &wanted);
                Err(body::rejected(context, payload, rejection).await)
            }
        }
    }
}

impl<A, B, C> FromRequest for OneOf<A, B, C>
where
    A: BodyExtractor,
    B: BodyExtractor,
    C: BodyExtractor,
{
    type Error = Rejection;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Rejection>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let mut payload = payload.take();
        Box::pin(async move { Self::read(&Context::of(&request), &mut payload).await })
    }
}

impl FromRequest for Never {
    type Error = Rejection;
    type Future = std::future::Ready<Result<Self, Rejection>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Err(unread(&Context::of(request))))
    }
}

#[diagnostic::do_not_recommend]
impl Extractor for Never {
    fn describe(_: &mut OperationBuilder<'_>) {}

    async fn read(context: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Err(unread(context))
    }
}

impl BodyExtractor for Never {
    fn media_types() -> Vec<&'static str> {
        Vec::new()
    }
}

/// Returns the rejection of a body that nothing reads.
fn unread(context: &Context<'_>) -> Rejection {
    content_type::unsupported(context, &[], &[])
}
