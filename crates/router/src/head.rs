//! HEAD is GET without its content (RFC 9110 section 9.3.2): the length is in the
//! header, and nothing is sent.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::header::{self, HeaderValue},
    web::Bytes,
};

/// A body that ends at once, whatever length the header gives.
struct NoContent;

impl MessageBody for NoContent {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// Removes the content of a response to HEAD. Its length stays in the header.
///
/// The length is not left to actix-web, which keeps the method of the request that it decoded last. If there is another one
/// behind this request, as in an `HttpServer` of actix-web, it waits for content that never comes, and ends the connection
/// without a response.
#[must_use]
pub fn without_content(mut response: HttpResponse) -> HttpResponse {
    match response.body().size() {
        BodySize::None | BodySize::Sized(0) => return response,
        BodySize::Sized(length) => {
            let length = HeaderValue::from(length);
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_LENGTH, length);
        }
        BodySize::Stream => {}
    }
    response.head_mut().no_chunking(true);
    response.map_body(|_, _| BoxBody::new(NoContent))
}
