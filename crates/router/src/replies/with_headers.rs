//! A reply with headers of a declared type.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header::{HeaderName, HeaderValue},
};
use purlin_schemas::Schema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    context::Context,
    describe::OperationBuilder,
    error::Rejection,
    replies::reply::{Reply, respond},
};

/// A reply with headers: every field of `H` is a header of that name.
///
/// Numbers and booleans are written as in JSON, lists with commas (RFC 9110
/// section 5.6.1); a field that is null is left out. The document describes the
/// headers on every status below 400 of the reply.
///
/// ```
/// use purlin_router::{Json, schema, reply::WithHeaders};
///
/// #[schema(response)]
/// struct Limits {
///     /// How many requests are left in this window.
///     #[serde(rename = "X-RateLimit-Remaining")]
///     remaining: u32,
/// }
///
/// async fn list() -> WithHeaders<Json<Vec<String>>, Limits> {
///     WithHeaders(Json(Vec::new()), Limits { remaining: 41 })
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithHeaders<R, H>(pub R, pub H);

#[diagnostic::do_not_recommend]
impl<R: Reply, H: Serialize + Schema> Reply for WithHeaders<R, H> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        R::describe(describe);
        describe.typed_headers::<H>();
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let Self(reply, headers) = self;
        let mut response = reply.reply(context);
        match values(&headers) {
            Ok(values) => {
                let headers = response.headers_mut();
                for (name, value) in values {
                    headers.insert(name, value);
                }
                response
            }
            Err(reason) => {
                log::error!(target: "purlin::error", "headers cannot be sent: {reason}");
                context.reject(&Rejection::internal(reason))
            }
        }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reply, H: Serialize + Schema> Responder for WithHeaders<R, H> {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}

/// Returns the headers, or why they cannot be sent.
fn values(headers: &impl Serialize) -> Result<Vec<(HeaderName, HeaderValue)>, String> {
    let members = match serde_json::to_value(headers).map_err(|error| error.to_string())? {
        Value::Object(members) => members,
        _ => return Err("the headers are not a struct".to_owned()),
    };
    let mut values = Vec::with_capacity(members.len());
    for (name, value) in members {
        let Some(text) = text(&value) else { continue };
        let header = HeaderName::try_from(name.as_str());
        let value = HeaderValue::try_from(text);
        match (header, value) {
            (Ok(header), Ok(value)) => values.push((header, value)),
            (Err(_), _) => return Err(format!("`{name}` is not a header name")),
            (_, Err(_)) => {
                return Err(format!(
                    "the value of `{name}` has a character that a header cannot contain"
                ));
            }
        }
    }
    Ok(values)
}

/// Returns the value of a header; `None` for null.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().filter_map(text).collect();
            Some(items.join(", "))
        }
        other => Some(other.to_string()),
    }
}
