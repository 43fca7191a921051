//! Content negotiation: one result in several media types, of which the client chooses (RFC 9110 section 12).

use std::{borrow::Cow, fmt, marker::PhantomData};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::header::{self, HeaderValue},
};
use purlin_schemas::Schema;
use serde::Serialize;

use crate::{
    Json,
    context::Context,
    describe::{HeaderNote, OperationBuilder},
    error::{Rejection, http::NotAcceptable},
    media::{self, Accept, MediaType},
    replies::{
        Binary, EventStream, Html, JsonAs, JsonLines, Text,
        reply::{Reply, respond},
    },
};

/// A result in the media type that the client prefers, by `Accept` with its weights and ranges (RFC 9110 section 12.5.1); of
/// equals, and without `Accept`, the first of `R`.
///
/// Of the functions that write the result only the chosen one is called. A client that accepts none of the media types gets
/// 406 with the list of them, before the handler is called. Responses have `Vary: Accept`.
///
/// ```
/// use purlin_router::{Json, Registry, get, media::Csv, reply::{Binary, Html, Negotiated}, schema};
///
/// #[schema(response)]
/// struct Report {
///     visits: u32,
/// }
///
/// fn to_csv(report: Report) -> Binary<Csv> {
///     Binary::new(format!("visits\r\n{}\r\n", report.visits))
/// }
///
/// fn to_page(report: Report) -> Html {
///     Html::new(format!("<!DOCTYPE html><title>Report</title><p>{} visits", report.visits))
/// }
///
/// #[get("/report")]
/// async fn get_report() -> Negotiated<(Json<Report>, Binary<Csv>, Html)> {
///     Negotiated::new(Report { visits: 7 }, (Json, to_csv, to_page))
/// }
/// # Registry::new("Reports", "1").operation(get_report).build().unwrap();
/// ```
///
/// [`JsonAs`] is JSON of a vendor's media type; your own replies take part by [`Representation`].
pub struct Negotiated<R> {
    write: Box<Write>,
    representations: PhantomData<fn() -> R>,
}

type Write = dyn FnOnce(usize, &Context<'_>) -> HttpResponse;

impl<R: Representations> Negotiated<R> {
    /// Returns a reply with a result, and a tuple of the functions that write it, in the order of `R`.
    pub fn new<T: 'static>(result: T, writers: impl Writers<T, R>) -> Self {
        Self {
            write: Box::new(move |chosen, context| writers.write(chosen, result, context)),
            representations: PhantomData,
        }
    }
}

/// A reply of one media type, which can be one of several in a [`Negotiated`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no media type by which it could be chosen",
    label = "not a representation",
    note = "representations are `Json<T>`, `JsonAs<T, M>`, `JsonLines<T>`, `EventStream<T>`, `Html`, `Text`, `Binary<M>`, and replies that implement `Representation`"
)]
pub trait Representation: Reply {
    /// Returns the media type, without parameters.
    fn media_type(context: &Context<'_>) -> Cow<'static, str>;
}

/// The representations of a result: a tuple of two to six [`Representation`]s.
pub trait Representations {
    /// Describes all of them.
    #[doc(hidden)]
    fn describe(describe: &mut OperationBuilder<'_>);

    /// Returns their media types, in order.
    #[doc(hidden)]
    fn media_types(context: &Context<'_>) -> Vec<Cow<'static, str>>;
}

/// The functions that write a `T` as each of the representations `R`: a tuple of `FnOnce(T)`.
pub trait Writers<T, R>: 'static {
    /// Writes the chosen one.
    #[doc(hidden)]
    fn write(self, chosen: usize, result: T, context: &Context<'_>) -> HttpResponse;
}

macro_rules! representations {
    ($($position:literal $writer:ident $reply:ident),+) => {
        impl<$($reply: Representation),+> Representations for ($($reply,)+) {
            fn describe(describe: &mut OperationBuilder<'_>) {
                $(describe_one::<$reply>(describe);)+
            }

            fn media_types(context: &Context<'_>) -> Vec<Cow<'static, str>> {
                vec![$($reply::media_type(context)),+]
            }
        }

        impl<T, $($writer, $reply),+> Writers<T, ($($reply,)+)> for ($($writer,)+)
        where
            $($writer: FnOnce(T) -> $reply + 'static, $reply: Representation),+
        {
            #[expect(non_snake_case, reason = "the type parameters double as variable names")]
            fn write(self, chosen: usize, result: T, context: &Context<'_>) -> HttpResponse {
                let ($($writer,)+) = self;
                match chosen {
                    $($position => $writer(result).reply(context),)+
                    _ => context.reject(&Rejection::internal("there is no such representation")),
                }
            }
        }
    };
}

representations!(0 F A, 1 G B);
representations!(0 F A, 1 G B, 2 H C);
representations!(0 F A, 1 G B, 2 H C, 3 I D);
representations!(0 F A, 1 G B, 2 H C, 3 I D, 4 J E);
representations!(0 F A, 1 G B, 2 H C, 3 I D, 4 J E, 5 K L);

/// Describes a representation; clients cannot distinguish two of one media type.
fn describe_one<R: Representation>(describe: &mut OperationBuilder<'_>) {
    let responses = describe.responses_of(R::describe);
    let repeated = responses.range(..400).find_map(|(status, response)| {
        let mut media_types = response.content.keys();
        media_types.find(|it| describe.has_content(*status, it))
    });
    if let Some(media_type) = repeated {
        let reason = format!(
            "two representations of the response have the media type `{media_type}`, and clients choose by it; give one of them another, with `JsonAs` or a `MediaType` of your own"
        );
        describe.notes.unfit.push(reason);
    }
    describe.add_responses(responses);
}

/// Returns the position of the representation that the client prefers.
fn choose<R: Representations>(context: &Context<'_>) -> Result<usize, Rejection> {
    let Some(accept) = Accept::of(context.request().headers()) else {
        return Ok(0);
    };
    let available = R::media_types(context);
    accept.choose(&available).ok_or_else(|| {
        let message = format!("the response is available as {}", available.join(", "));
        let vary = HeaderValue::from_static("accept");
        Rejection::api(&NotAcceptable::new(message).header(header::VARY, vary))
    })
}

impl<R> fmt::Debug for Negotiated<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Negotiated").finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<R: Representations> Reply for Negotiated<R> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        let mut responses = describe.responses_of(R::describe);
        let vary = HeaderNote::text("The request headers by which the response was chosen.");
        for (_, response) in responses.range_mut(..400) {
            response.headers.insert("Vary".to_owned(), vary.clone());
        }
        describe.add_responses(responses);
        describe.error(406, "The client accepts none of the media types.");
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        choose::<R>(context).map(drop)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        match choose::<R>(context) {
            Ok(chosen) => {
                let mut response = (self.write)(chosen, context);
                let vary = HeaderValue::from_static("accept");
                response.headers_mut().append(header::VARY, vary);
                response
            }
            Err(rejection) => context.reject(&rejection),
        }
    }
}

impl<R: Representations> Responder for Negotiated<R> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Representation for Json<T> {
    fn media_type(context: &Context<'_>) -> Cow<'static, str> {
        match context.own_json_type() {
            None => Cow::Borrowed(media::JSON),
            // It has been parsed from a text.
            Some(own) => Cow::Owned(String::from_utf8_lossy(own.as_bytes()).into_owned()),
        }
    }
}

macro_rules! has_media_type {
    ($([$($generics:tt)*] $reply:ty, $media_type:expr;)+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($generics)*> Representation for $reply {
            fn media_type(_: &Context<'_>) -> Cow<'static, str> {
                Cow::Borrowed($media_type)
            }
        }
    )+};
}

has_media_type! {
    [] Html, media::Html::NAME;
    [] Text, media::TEXT;
    [M: MediaType] Binary<M>, M::NAME;
    [T: Serialize + Schema, M: MediaType] JsonAs<T, M>, M::NAME;
    [T: Serialize + Schema] JsonLines<T>, media::JSON_LINES;
    [T: Serialize + Schema] EventStream<T>, media::EVENTS;
}
