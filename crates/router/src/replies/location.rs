//! The `Location` of a response (RFC 9110 section 10.2.2).

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{context::Context, error::Rejection};

/// Characters that a URI cannot contain (RFC 3986 section 2), except `%`.
const NOT_IN_A_URI: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Returns the response with its `Location`. Whatever the text is, it is one header: line breaks are percent-encoded, as all
/// characters are that a URI cannot contain.
pub(super) fn located(
    mut response: HttpResponse,
    uri: &str,
    context: &Context<'_>,
) -> HttpResponse {
    match HeaderValue::try_from(uri_reference(uri)) {
        Ok(value) => {
            response.headers_mut().insert(header::LOCATION, value);
            response
        }
        Err(error) => {
            log::error!(target: "purlin::error", "a Location cannot be sent: {error}");
            context.reject(&Rejection::internal(error.to_string()))
        }
    }
}

/// Percent-encodes the characters that a URI cannot contain.
fn uri_reference(text: &str) -> String {
    let mut pieces = text.split('%');
    let encode = |piece| utf8_percent_encode(piece, NOT_IN_A_URI);
    let mut uri = encode(pieces.next().unwrap_or_default()).to_string();
    for piece in pieces {
        let is_encoded = piece
            .as_bytes()
            .first_chunk::<2>()
            .is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit));
        uri.push_str(if is_encoded { "%" } else { "%25" });
        uri.extend(encode(piece));
    }
    uri
}
