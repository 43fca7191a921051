//! Compressed bodies, decoded as extractors read them. Limits of bodies are thereby limits of what is decoded, and decoding
//! ends where a limit is exceeded.

use std::{
    cell::RefCell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context as Task, Poll, ready},
};

use actix_web::{HttpRequest, dev::Payload, error::PayloadError, web::Bytes};
use futures_util::{Stream, stream::LocalBoxStream};

use super::content_coding::decodable;
use crate::coding::Decoder;

/// How much longer than twice its content a compressed body may be. No compressor needs that; without the limit a body that
/// decodes to nothing would be read for as long as it is sent.
const OVERHEAD: u64 = 64 * 1024;

/// A compressed body.
pub(crate) struct Decoding(Rc<RefCell<Decoded>>);

struct Decoded {
    payload: Payload,
    decoder: Decoder,
    /// What has arrived and is not decoded.
    input: Bytes,
    read: u64,
    written: u64,
    has_ended: bool,
}

impl Decoding {
    /// Puts a stream in place of a compressed payload, which decodes what is read of it.
    pub(crate) fn start(request: &HttpRequest, payload: &mut Payload) -> Option<Self> {
        let decoder = Decoder::new(decodable(request.headers())?)?;
        let decoded = Rc::new(RefCell::new(Decoded {
            payload: payload.take(),
            decoder,
            input: Bytes::new(),
            read: 0,
            written: 0,
            has_ended: false,
        }));
        let stream: LocalBoxStream<'static, _> = Box::pin(DecodedStream(Rc::clone(&decoded)));
        *payload = Payload::from(stream);
        Some(Self(decoded))
    }

    /// Puts the unread rest back in place of the stream, unless the handler has taken that.
    pub(crate) fn restore(self, payload: &mut Payload) {
        drop(payload.take());
        if let Some(decoded) = Rc::into_inner(self.0) {
            *payload = decoded.into_inner().payload;
        }
    }
}

struct DecodedStream(Rc<RefCell<Decoded>>);

impl Stream for DecodedStream {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let polled = ready!(self.0.borrow_mut().poll(task));
        if !matches!(polled, Some(Ok(_))) {
            self.0.borrow_mut().has_ended = true;
        }
        Poll::Ready(polled)
    }
}

impl Decoded {
    fn poll(&mut self, task: &mut Task<'_>) -> Poll<Option<Result<Bytes, PayloadError>>> {
        while !self.has_ended {
            if !self.input.is_empty() || self.decoder.has_output() {
                let output = self.decoder.step(&mut self.input).map_err(corrupt)?;
                self.written = self.written.saturating_add(output.len() as u64);
                if !output.is_empty() {
                    return Poll::Ready(Some(Ok(output)));
                }
                continue;
            }
            match ready!(Pin::new(&mut self.payload).poll_next(task)?) {
                Some(bytes) => {
                    if self.read > self.written.saturating_mul(2).saturating_add(OVERHEAD) {
                        return Poll::Ready(Some(Err(PayloadError::EncodingCorrupted)));
                    }
                    self.read = self.read.saturating_add(bytes.len() as u64);
                    self.input = bytes;
                }
                None => {
                    self.has_ended = true;
                    // No bytes are no body, whatever its coding.
                    let output = match self.read {
                        0 => Bytes::new(),
                        _ => self.decoder.finish().map_err(corrupt)?,
                    };
                    return Poll::Ready((!output.is_empty()).then_some(Ok(output)));
                }
            }
        }
        Poll::Ready(None)
    }
}

fn corrupt(_: io::Error) -> PayloadError {
    PayloadError::EncodingCorrupted
}
