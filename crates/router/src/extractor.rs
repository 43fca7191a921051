//! What a handler may take: the trait of all extractors, the one of extractors
//! that describe nothing, and tuples of up to twelve. The extractors themselves
//! are in `extract/` and `json.rs`.

use std::future::Future;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use crate::{context::Context, describe::OperationBuilder, error::Rejection};

/// An argument of a handler.
///
/// It is an actix extractor that also describes what it reads, so that the
/// document is written from the handler's signature. Extractors that read
/// nothing a client needs to know about need one line:
/// [`impl Undocumented`](Undocumented).
///
/// Of actix's own extractors these are accepted:
///
/// | type | what it reads |
/// |---|---|
/// | [`web::Bytes`] | a body of any media type, up to the operation's limit |
/// | [`String`] | the same, as text in UTF-8 |
/// | [`web::Payload`] | the body as a stream, which has no limit but the handler's |
/// | [`web::Path<T>`](web::Path) | the path's parameters; prefer [`Path<T>`](crate::extract::Path), which checks `T` against the template and documents it |
/// | [`web::Data<T>`](web::Data) | state: [`Registry::app_data`](crate::Registry::app_data) provides it, and `build()` rejects a registry that provides none |
/// | [`HttpRequest`], `Method`, `Uri`, `ConnectionInfo`, `PeerAddr`, [`web::ReqData`] | nothing the document would show |
///
/// A [`web::ReqData`] is put into the request by middleware, which a registry does not know: whether there is one is
/// not checked when the registry is built.
// The notes name every implementation; the compiler need not list them again, nor say of each bound of theirs that it
// does not hold, so they are `do_not_recommend`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an argument a handler can take",
    label = "not an argument",
    note = "arguments are `Json<T>`, `Form<T>`, `Multipart<T>`, `Query<T>`, `Path<T>`, `Headers<T>` and `Cookies<T>` where `T` is declared with `#[schema]` (or `#[schema(request)]`), and `web::Data<T>` for state",
    note = "instead of actix's `web::Json`, `web::Form` and `web::Query` take those of the same name in `purlin_router::extract`",
    note = "a body may be absent as `Option<Json<T>>`, and have one of several media types as `OneOf<Json<T>, Form<T>>`",
    note = "an actix extractor with nothing to say to the document joins with one line, `impl purlin_router::extract::Undocumented for …`"
)]
pub trait Extractor: FromRequest + 'static {
    /// Describes what this argument reads and which errors that can cause.
    fn describe(describe: &mut OperationBuilder<'_>);

    /// Reads the argument from the request.
    ///
    /// # Errors
    ///
    /// A [`Rejection`] when the request is not as declared. The rejections of all
    /// arguments make one response.
    fn read(
        context: &Context<'_>,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Rejection>>;
}

/// An extractor that has nothing to describe in the document.
///
/// ```
/// use std::future::{Ready, ready};
/// use actix_web::{FromRequest, HttpRequest, dev::Payload};
/// use purlin_router::extract::Undocumented;
///
/// struct Locale(String);
///
/// impl FromRequest for Locale {
///     type Error = actix_web::Error;
///     type Future = Ready<Result<Self, Self::Error>>;
///     fn from_request(_: &HttpRequest, _: &mut Payload) -> Self::Future {
///         ready(Ok(Self("en".to_owned())))
///     }
/// }
///
/// impl Undocumented for Locale {}
/// ```
pub trait Undocumented: FromRequest + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Undocumented> Extractor for T {
    fn describe(describe: &mut OperationBuilder<'_>) {
        // It has the whole request, whose path parameters it may read.
        describe.match_info();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        Self::from_request(context.request(), payload)
            .await
            .map_err(|error| Rejection::foreign(error.into()))
    }
}

impl Undocumented for HttpRequest {}
impl Undocumented for actix_web::dev::ConnectionInfo {}
impl Undocumented for actix_web::dev::PeerAddr {}
impl Undocumented for actix_web::http::Method {}
impl Undocumented for actix_web::http::Uri {}
impl<T: Clone + 'static> Undocumented for web::ReqData<T> {}

/// Reads nothing of the request; whether the data is provided is checked when the registry is built.
#[diagnostic::do_not_recommend]
impl<T: ?Sized + 'static> Extractor for web::Data<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.requires_data::<T>();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        Self::from_request(context.request(), payload)
            .await
            .map_err(Rejection::foreign)
    }
}

/// All arguments of a handler: a tuple of up to twelve [`Extractor`]s.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not the arguments of a handler",
    label = "not arguments",
    note = "a handler takes up to twelve arguments: put parameters of one section into one struct"
)]
pub trait Extractors: Sized + 'static {
    /// Describes every argument, in order.
    fn describe(describe: &mut OperationBuilder<'_>);

    /// Reads every argument, and reports everything that is wrong with them.
    fn read(
        context: &Context<'_>,
        payload: &mut Payload,
    ) -> impl Future<Output = Result<Self, Rejection>>;
}

impl Extractors for () {
    fn describe(_: &mut OperationBuilder<'_>) {}

    async fn read(_: &Context<'_>, _: &mut Payload) -> Result<Self, Rejection> {
        Ok(())
    }
}

macro_rules! arguments {
    ($($name:ident)+) => {
        impl<$($name: Extractor),+> Extractors for ($($name,)+) {
            fn describe(describe: &mut OperationBuilder<'_>) {
                $($name::describe(describe);)+
            }

            #[expect(non_snake_case, reason = "the type parameters double as variable names")]
            async fn read(
                context: &Context<'_>,
                payload: &mut Payload,
            ) -> Result<Self, Rejection> {
                $(let $name = <$name as Extractor>::read(context, payload).await;)+
                match ($($name,)+) {
                    ($(Ok($name),)+) => Ok(($($name,)+)),
                    ($($name,)+) => {
                        let mut all = Vec::new();
                        $(all.extend($name.err());)+
                        Err(context.combine(all))
                    }
                }
            }
        }
    };
}

arguments!(A);
arguments!(A B);
arguments!(A B C);
arguments!(A B C D);
arguments!(A B C D E);
arguments!(A B C D E F);
arguments!(A B C D E F G);
arguments!(A B C D E F G H);
arguments!(A B C D E F G H I);
arguments!(A B C D E F G H I J);
arguments!(A B C D E F G H I J K);
arguments!(A B C D E F G H I J K L);
