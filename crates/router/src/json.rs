//! JSON in both directions: a request body, and the body of a response.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use purlin_schemas::{DecodeError, Location, Schema, Validator};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    compatibility::Compatibility,
    context::Context,
    describe::OperationBuilder,
    error::{Reason, Rejection},
    extractor::Extractor,
    extractors::{
        BodyExtractor, body, body_error::quoted, content_coding, content_type::rejected_types,
        from_request, value_inside,
    },
    media,
    replies::reply::{Reply, respond},
};

/// A JSON body (RFC 8259): read and validated as an extractor, written with
/// status 200 as a reply.
///
/// As an extractor it rejects requests in the registry's style: with 400 when the body
/// is empty, is not JSON, or breaks its schema (every violation in one response),
/// 413 over the body limit, and 415 when the `Content-Type` is missing, repeated,
/// or neither `application/json` nor another `application/…+json`.
///
/// ```
/// use purlin_router::{Json, schema};
///
/// /// A guest to be greeted.
/// #[schema]
/// struct Guest {
///     #[garde(length(min = 1, max = 80))]
///     name: String,
/// }
///
/// async fn echo(guest: Json<Guest>) -> Json<Guest> {
///     guest
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

value_inside!(Json);
from_request!(Json reads the body);

impl<T: DeserializeOwned + Schema> BodyExtractor for Json<T> {
    fn media_types() -> Vec<&'static str> {
        vec![media::JSON]
    }

    fn reads(media_type: &str) -> bool {
        media::is_json_essence(media_type)
    }
}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Json<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_body::<T>();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        let compatibility = context.compatibility();
        let media_type = check_media_type(compatibility, context);
        let media_type = body::check_before_reading(context, payload, media_type)?;
        let bytes = body::read(context, payload).await?;
        media_type?;
        let validator = context
            .validator::<T>(Location::Body)
            .map_err(|errors| Rejection::validator(&errors))?;
        decode(compatibility, &validator, &bytes).map(Self)
    }
}

fn decode<T: DeserializeOwned + Schema>(
    compatibility: Compatibility,
    validator: &Validator,
    bytes: &[u8],
) -> Result<T, Rejection> {
    validator.decode::<T>(bytes).map_err(|error| {
        // Flask-Rebar calls a bare string, number, boolean or null undecodable.
        let is_scalar = || {
            let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            !matches!(first, Some(b'{' | b'[') | None)
        };
        match error {
            DecodeError::Invalid(_) if compatibility.scalar_is_malformed() && is_scalar() => {
                Reason::MalformedBody {
                    line: 1,
                    column: 1,
                    message: "expected an object or an array".to_owned(),
                }
                .into()
            }
            error => Rejection::decode(error),
        }
    })
}

/// Checks that a body is `application/json` or `application/…+json` (RFC 6839), in UTF-8, in an accepted content
/// coding; or what Flask-Rebar accepts, where that is chosen.
fn check_media_type(compatibility: Compatibility, context: &Context<'_>) -> Result<(), Rejection> {
    let request = context.request();
    if compatibility.has_lenient_content_type() {
        let mut types = request.headers().get_all(header::CONTENT_TYPE);
        return match (types.next(), types.next()) {
            (Some(value), None) if flask_rebar_accepts(value.as_bytes()) => Ok(()),
            (found, second) => Err(unsupported(found.into_iter().chain(second))),
        };
    }
    let rejected = rejected_types(request, |value| {
        value.as_bytes() == media::JSON.as_bytes() || value.to_str().is_ok_and(media::is_json)
    });
    match rejected {
        None => content_coding::check(context),
        // Two of them show that there are too many.
        Some(rejected) => Err(unsupported(rejected.into_iter().take(2))),
    }
}

fn unsupported<'h>(rejected: impl Iterator<Item = &'h HeaderValue>) -> Rejection {
    let found = quoted(rejected);
    Reason::UnsupportedMediaType {
        found: (!found.is_empty()).then_some(found),
    }
    .into()
}

/// Returns whether Flask-Rebar accepts a `Content-Type`: it looks for `application/json`, in lower case, anywhere in the
/// header, and Flask for a media type of JSON at its start. Neither reads the charset or the content coding.
fn flask_rebar_accepts(content_type: &[u8]) -> bool {
    const JSON: &[u8] = media::JSON.as_bytes();
    let essence = content_type.split(|byte| *byte == b';').next();
    let essence = essence
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    let of_json =
        essence == JSON || (essence.starts_with(b"application/") && essence.ends_with(b"+json"));
    of_json && content_type.windows(JSON.len()).any(|part| part == JSON)
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for Json<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response::<T>(200, "The response.");
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        write(StatusCode::OK, &self.0, context)
    }
}

impl<T: Serialize + Schema> Responder for Json<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}

/// Returns a response with a JSON body.
pub(crate) fn write<T: Serialize>(
    status: StatusCode,
    body: &T,
    context: &Context<'_>,
) -> HttpResponse {
    let mut bytes = Vec::with_capacity(128);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => {
            let mut response = HttpResponse::with_body(status, BoxBody::new(bytes));
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, context.json_type());
            response
        }
        Err(error) => {
            log::error!(target: "purlin::error", "a reply cannot be written as JSON: {error}");
            context.reject(&Rejection::internal(error.to_string()))
        }
    }
}
