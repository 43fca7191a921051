//! A reply with headers of a declared type.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    http::header::{HeaderMap, HeaderName, HeaderValue},
};
use purlin_schemas::Schema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    context::Context,
    describe::{OperationBuilder, headers::is_repeated},
    error::Rejection,
    replies::reply::{Reply, respond},
};

/// A reply with headers: every field of `H` is a header of that name.
///
/// Numbers and booleans are written as in JSON; a field that is null is left out. The document describes the headers on every
/// status below 400 of the reply, and no other status gets them.
///
/// A list is written with commas (RFC 9110 section 5.6.1), so that an item with a comma, or an empty one, cannot be sent:
/// 500. Of the headers whose values contain commas, such as `Set-Cookie`, `Link` and `WWW-Authenticate`, each item has a line
/// of its own, which is what the document describes. Lists are added to those of the reply inside; a single value replaces
/// that of the reply inside.
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
        let mut responses = describe.responses_of(R::describe);
        describe.typed_headers::<H>(&mut responses);
        describe.add_responses(responses);
    }

    fn check_request(context: &Context<'_>) -> Result<(), Rejection> {
        R::check_request(context)
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let Self(reply, headers) = self;
        let mut response = reply.reply(context);
        if response.status().as_u16() >= 400 {
            return response;
        }
        match lines(&headers) {
            Ok(lines) => {
                for lines in lines {
                    lines.add_to(response.headers_mut());
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

/// The lines of one header.
pub(crate) struct HeaderLines {
    pub(crate) name: HeaderName,
    pub(crate) values: Vec<HeaderValue>,
    /// Whether other lines of the name are kept.
    is_added: bool,
}

impl HeaderLines {
    /// Returns the lines of a value, none for null; or why it cannot be sent.
    pub(crate) fn of(name: &str, value: Value) -> Result<Self, String> {
        let header =
            HeaderName::try_from(name).map_err(|_| format!("`{name}` is not a header name"))?;
        let is_repeated = is_repeated(name);
        let is_added = is_repeated || value.is_array();
        let texts: Vec<String> = match value {
            Value::Array(items) if is_repeated => items.iter().filter_map(text).collect(),
            Value::Array(items) => vec![joined(name, &items)?],
            value => text(&value).into_iter().collect(),
        };
        let values = texts.into_iter().map(|text| {
            HeaderValue::try_from(text).map_err(|_| {
                format!("the value of `{name}` has a character that a header cannot contain")
            })
        });
        Ok(Self {
            name: header,
            values: values.collect::<Result<_, _>>()?,
            is_added,
        })
    }

    fn add_to(self, headers: &mut HeaderMap) {
        for value in self.values {
            if self.is_added {
                headers.append(self.name.clone(), value);
            } else {
                headers.insert(self.name.clone(), value);
            }
        }
    }
}

/// Returns the headers, or why they cannot be sent.
fn lines(headers: &impl Serialize) -> Result<Vec<HeaderLines>, String> {
    let members = match serde_json::to_value(headers).map_err(|error| error.to_string())? {
        Value::Object(members) => members,
        _ => return Err("the headers are not a struct".to_owned()),
    };
    let members = members.into_iter();
    members
        .map(|(name, value)| HeaderLines::of(&name, value))
        .collect()
}

/// Returns a list in one line.
fn joined(name: &str, items: &[Value]) -> Result<String, String> {
    let items: Vec<String> = items.iter().filter_map(text).collect();
    let is_lost = |item: &&String| item.trim().is_empty() || item.contains(',');
    if let Some(item) = items.iter().find(is_lost) {
        return Err(format!(
            "the list `{name}` has the item {item:?}: an item of a header cannot be empty or contain a comma; encode it, or use a string for the whole header"
        ));
    }
    Ok(items.join(", "))
}

/// Returns a value as text; `None` for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
