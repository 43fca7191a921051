//! Bytes of a declared media type.

use std::{fmt, marker::PhantomData};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use serde_json::json;

use crate::{
    context::Context,
    describe::OperationBuilder,
    media::{MediaType, is_one},
    replies::reply::{Reply, respond},
};

/// `200 OK` with bytes of a media type: `Binary<Png>`.
///
/// ```
/// use purlin_router::{media::Png, reply::Binary};
///
/// async fn logo() -> Binary<Png> {
///     Binary::new(&b"\x89PNG"[..])
/// }
/// ```
pub struct Binary<M> {
    bytes: Bytes,
    media: PhantomData<fn() -> M>,
}

impl<M: MediaType> Binary<M> {
    /// Returns a reply with bytes of the media type.
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        const {
            assert!(
                is_one(M::NAME),
                "the name of a media type is `type/subtype`"
            )
        }
        Self {
            bytes: bytes.into(),
            media: PhantomData,
        }
    }
}

/// Returns the schema of bytes.
pub(super) fn schema<M: MediaType>() -> serde_json::Value {
    json!({"type": "string", "contentMediaType": M::NAME})
}

/// Returns a 200 with a body, and `nosniff` so that browsers do not guess its media type.
pub(super) fn content(media_type: &'static str, bytes: Bytes) -> HttpResponse {
    let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    let no_sniffing = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, no_sniffing);
    response
}

impl<M: MediaType> fmt::Debug for Binary<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({}, {} bytes)", M::NAME, self.bytes.len())
    }
}

#[diagnostic::do_not_recommend]
impl<M: MediaType> Reply for Binary<M> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.content(200, M::NAME, schema::<M>(), "The response.");
    }

    fn reply(self, _: &Context<'_>) -> HttpResponse {
        content(M::NAME, self.bytes)
    }
}

impl<M: MediaType> Responder for Binary<M> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
