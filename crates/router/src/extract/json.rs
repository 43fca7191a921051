//! JSON, both ways: a request body, and the body of a 200.

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

use super::{
    body, from_request,
    refused::{quoted, refused_headers},
    value_inside,
};
use crate::{
    context::Context,
    describe::OperationBuilder,
    error::{ErrorStyle, Reason, Rejection},
    extractor::Extractor,
    reply::{Reply, respond},
};

/// A JSON body (RFC 8259): read and validated as an argument, written with
/// status 200 as a reply.
///
/// As an argument it answers, in the registry's style: 400 when the body is
/// empty, is not JSON, or breaks its schema (every violation in one answer),
/// 413 over the body limit, and 415 when the request does not say
/// `application/json` (or another `application/…+json`), or says two types.
///
/// ```
/// use purlin_router::{Json, schema};
///
/// /// Somebody to be greeted.
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

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Schema> Extractor for Json<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_body::<T>();
    }

    async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Self, Rejection> {
        let media_type = check_media_type(context.error_style(), context.request());
        let bytes = body::read(context, payload).await?;
        media_type?;
        let validator = context
            .validator::<T>(Location::Body)
            .map_err(|errors| Rejection::validator(&errors))?;
        decode(context.error_style(), &validator, &bytes).map(Self)
    }
}

fn decode<T: DeserializeOwned + Schema>(
    style: ErrorStyle,
    validator: &Validator,
    bytes: &[u8],
) -> Result<T, Rejection> {
    validator.decode::<T>(bytes).map_err(|error| {
        // Flask-Rebar calls a bare string, number, boolean or null undecodable.
        let is_scalar = || {
            let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
            !matches!(first, Some(b'{' | b'[') | None)
        };
        match error {
            DecodeError::Invalid(_) if style.is_rebar() && is_scalar() => Reason::MalformedBody {
                line: 1,
                column: 1,
                message: "expected an object or an array".to_owned(),
            }
            .into(),
            error => Rejection::decode(error),
        }
    })
}

/// `application/json` or `application/…+json` (RFC 6839), in UTF-8, not compressed. In the Rebar style what its
/// clients may send.
fn check_media_type(style: ErrorStyle, request: &HttpRequest) -> Result<(), Rejection> {
    if style.is_rebar() {
        let mut types = request.headers().get_all(header::CONTENT_TYPE);
        return match (types.next(), types.next()) {
            (Some(value), None) if rebar_reads(value.as_bytes()) => Ok(()),
            (found, second) => Err(unsupported(found.into_iter().chain(second))),
        };
    }
    let refused = refused_headers(request, |value| {
        value.as_bytes() == b"application/json" || value.to_str().is_ok_and(is_json)
    });
    match refused {
        None => Ok(()),
        // Two types show already that they are too many.
        Some(refused) => Err(unsupported(refused.into_iter().take(2))),
    }
}

fn unsupported<'h>(refused: impl Iterator<Item = &'h HeaderValue>) -> Rejection {
    let found = quoted(refused);
    Reason::UnsupportedMediaType {
        found: (!found.is_empty()).then_some(found),
    }
    .into()
}

/// Flask-Rebar looks for `application/json`, in lower case, anywhere in the header, Flask for a media type of JSON
/// at its beginning. Neither asks for the charset, nor whether the body is compressed.
fn rebar_reads(content_type: &[u8]) -> bool {
    const JSON: &[u8] = b"application/json";
    let essence = content_type.split(|byte| *byte == b';').next();
    let essence = essence
        .unwrap_or_default()
        .trim_ascii()
        .to_ascii_lowercase();
    let of_json =
        essence == JSON || (essence.starts_with(b"application/") && essence.ends_with(b"+json"));
    of_json && content_type.windows(JSON.len()).any(|part| part == JSON)
}

pub(super) fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let Some(subtype) = essence.strip_prefix("application/") else {
        return false;
    };
    let token = subtype
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte));
    let is_json = token && (subtype == "json" || (subtype.len() > 5 && subtype.ends_with("+json")));
    is_json
        && parts.all(|parameter| match parameter.split_once('=') {
            Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
                value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
            }
            _ => true,
        })
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + Schema> Reply for Json<T> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.json_response::<T>(200, "The answer.");
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

/// A response with a JSON body.
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
            Rejection::internal(error.to_string()).respond(context)
        }
    }
}
