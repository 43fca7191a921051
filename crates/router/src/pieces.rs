//! Large bodies in memory, sent a piece at a time: actix-web copies every chunk of a body into the write buffer of the
//! connection, which would hold all of it for as long as the client does not read.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};

/// The size up to which a body is sent as a whole.
pub const LARGE: usize = 64 * 1024;

/// As much as actix-web collects before it writes to the connection.
const PIECE: usize = 32 * 1024;

struct Pieces(Bytes);

impl MessageBody for Pieces {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.0.len() as u64)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        let length = self.0.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(self.0.split_to(length))))
    }
}

/// Returns a body that is sent in pieces if it is large and in memory, and as it is otherwise.
pub fn in_pieces(body: BoxBody) -> BoxBody {
    if !matches!(body.size(), BodySize::Sized(size) if size > LARGE as u64) {
        return body;
    }
    match body.try_into_bytes() {
        Ok(bytes) => BoxBody::new(Pieces(bytes)),
        Err(stream) => stream,
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    async fn pieces(mut body: BoxBody) -> Vec<Bytes> {
        let mut pieces = Vec::new();
        while let Some(piece) = poll_fn(|cx| body.as_pin_mut().poll_next(cx)).await {
            pieces.push(piece.unwrap());
        }
        pieces
    }

    #[actix_web::test]
    async fn large_body_is_sent_in_pieces_of_the_same_bytes() {
        let bytes: Bytes = (0..3 * LARGE + 1).map(|byte| byte as u8).collect();
        let body = in_pieces(BoxBody::new(bytes.clone()));
        assert_eq!(body.size(), BodySize::Sized(bytes.len() as u64));
        let pieces = pieces(body).await;
        assert!(pieces.iter().all(|piece| piece.len() <= PIECE));
        assert!(pieces.concat() == bytes);
    }

    #[actix_web::test]
    async fn small_body_is_sent_as_a_whole() {
        for length in [0, 1, LARGE] {
            let bytes = Bytes::from(vec![b'x'; length]);
            let body = in_pieces(BoxBody::new(bytes.clone()));
            assert_eq!(body.try_into_bytes().unwrap(), bytes);
        }
    }
}
