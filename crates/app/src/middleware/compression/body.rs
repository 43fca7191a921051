//! A body that is compressed while it is sent: short chunks in place, longer ones on a thread for blocking work.

use std::{
    error::Error,
    io, mem,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    rt::task::{JoinHandle, spawn_blocking},
    web::Bytes,
};
use purlin_router::__app::coding::{Coding, Effort, Encoder, encode};

/// Compressing more bytes than this at once would delay the other requests of a worker.
const IN_PLACE: usize = 16 * 1024;

/// Returns the body in a coding. One that is short and in memory is compressed at once, so that its length is known.
pub(super) fn compressed(body: BoxBody, coding: Coding) -> BoxBody {
    let body = match body.try_into_bytes() {
        Ok(bytes) if bytes.len() <= IN_PLACE => match encode(&bytes, coding, Effort::Each) {
            Ok(compressed) => return BoxBody::new(compressed),
            // It fails again while it is sent, where the error can be reported.
            Err(_) => BoxBody::new(bytes),
        },
        Ok(bytes) => BoxBody::new(bytes),
        Err(body) => body,
    };
    BoxBody::new(Compressed {
        body,
        encoder: State::Here(Encoder::new(coding, Effort::Each)),
        holds_back: false,
    })
}

struct Compressed {
    body: BoxBody,
    encoder: State,
    /// Whether the encoder has received bytes since it was last flushed.
    holds_back: bool,
}

enum State {
    Here(Encoder),
    /// It processes a chunk on another thread.
    Away(JoinHandle<io::Result<(Encoder, Bytes)>>),
    /// Everything is sent, or something failed.
    Ended,
}

impl MessageBody for Compressed {
    type Error = Box<dyn Error>;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        loop {
            let ready = match mem::replace(&mut this.encoder, State::Ended) {
                State::Ended => return Poll::Ready(None),
                State::Away(mut task) => match Pin::new(&mut task).poll(cx) {
                    Poll::Ready(done) => {
                        let (encoder, ready) = done??;
                        this.encoder = State::Here(encoder);
                        ready
                    }
                    Poll::Pending => {
                        this.encoder = State::Away(task);
                        return Poll::Pending;
                    }
                },
                State::Here(mut encoder) => match Pin::new(&mut this.body).poll_next(cx) {
                    Poll::Ready(Some(chunk)) => this.compress(chunk?, encoder)?,
                    Poll::Ready(None) => encoder.finish()?,
                    Poll::Pending => {
                        let ready = if mem::take(&mut this.holds_back) {
                            // Sends what is there before waiting for more.
                            encoder.flush()?
                        } else {
                            Bytes::new()
                        };
                        this.encoder = State::Here(encoder);
                        if ready.is_empty() {
                            return Poll::Pending;
                        }
                        ready
                    }
                },
            };
            if !ready.is_empty() {
                return Poll::Ready(Some(Ok(ready)));
            }
        }
    }
}

impl Compressed {
    fn compress(&mut self, chunk: Bytes, mut encoder: Encoder) -> io::Result<Bytes> {
        self.holds_back |= !chunk.is_empty();
        if chunk.len() <= IN_PLACE {
            let ready = encoder.write(&chunk)?;
            self.encoder = State::Here(encoder);
            return Ok(ready);
        }
        let task = spawn_blocking(move || {
            let ready = encoder.write(&chunk)?;
            Ok((encoder, ready))
        });
        self.encoder = State::Away(task);
        Ok(Bytes::new())
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::VecDeque, future::poll_fn, io::Read};

    use actix_web::body::to_bytes;
    use flate2::read::GzDecoder;

    use super::*;

    const CODINGS: [Coding; 2] = [Coding::Gzip, Coding::Brotli];

    /// A body that returns these results when polled: a chunk, an error, or nothing yet.
    struct Polled(VecDeque<Poll<Result<Bytes, io::Error>>>);

    impl MessageBody for Polled {
        type Error = io::Error;

        fn size(&self) -> BodySize {
            BodySize::Stream
        }

        fn poll_next(
            self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Bytes, io::Error>>> {
            match self.get_mut().0.pop_front() {
                Some(Poll::Pending) => {
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
                polled => polled.map_or(Poll::Ready(None), |polled| polled.map(Some)),
            }
        }
    }

    fn polled(
        coding: Coding,
        parts: impl IntoIterator<Item = Poll<Result<Bytes, io::Error>>>,
    ) -> BoxBody {
        compressed(BoxBody::new(Polled(parts.into_iter().collect())), coding)
    }

    fn chunk(bytes: &[u8]) -> Poll<Result<Bytes, io::Error>> {
        Poll::Ready(Ok(Bytes::copy_from_slice(bytes)))
    }

    async fn next(body: &mut BoxBody) -> Option<Result<Bytes, Box<dyn Error>>> {
        poll_fn(|cx| body.as_pin_mut().poll_next(cx)).await
    }

    fn reader<'a>(bytes: &'a [u8], coding: Coding) -> Box<dyn Read + 'a> {
        match coding {
            Coding::Identity => Box::new(bytes),
            Coding::Gzip => Box::new(GzDecoder::new(bytes)),
            Coding::Brotli => Box::new(brotli::Decompressor::new(bytes, 4096)),
        }
    }

    fn plain(bytes: &[u8], coding: Coding) -> Vec<u8> {
        let mut plain = Vec::new();
        reader(bytes, coding).read_to_end(&mut plain).unwrap();
        plain
    }

    fn text(lines: usize) -> Vec<u8> {
        let lines = (0..lines).map(|line| format!("{line} is the number of this line\n"));
        lines.collect::<String>().into_bytes()
    }

    #[actix_web::test]
    async fn a_short_body_has_a_length_and_a_long_one_is_a_stream() {
        for coding in CODINGS {
            for (lines, is_short) in [(100, true), (100_000, false)] {
                let text = text(lines);
                let body = compressed(BoxBody::new(text.clone()), coding);
                assert_eq!(matches!(body.size(), BodySize::Sized(_)), is_short);
                let bytes = to_bytes(body).await.unwrap();
                assert!(bytes.len() < text.len() / 3);
                assert!(plain(&bytes, coding) == text, "{coding:?}, {lines} lines");
            }
        }
    }

    #[actix_web::test]
    async fn chunks_of_any_length_arrive_whole_and_in_order() {
        let text = text(20_000);
        for coding in CODINGS {
            let mut parts = Vec::new();
            let (mut rest, mut length) = (&text[..], 1);
            while !rest.is_empty() {
                let (part, others) = rest.split_at(length.min(rest.len()));
                parts.extend([chunk(part), Poll::Pending, chunk(b"")]);
                (rest, length) = (others, length * 3);
            }
            let bytes = to_bytes(polled(coding, parts)).await.unwrap();
            assert!(plain(&bytes, coding) == text, "{coding:?}");
        }
    }

    #[actix_web::test]
    async fn available_bytes_are_sent_before_waiting_for_the_next_chunk() {
        for (coding, length) in CODINGS.into_iter().flat_map(|it| [(it, 5), (it, 50_000)]) {
            let first = &text(5_000)[..length];
            let mut body = polled(coding, [chunk(first), Poll::Pending, chunk(b"late")]);
            let (mut bytes, mut read) = (Vec::new(), vec![0; length]);
            // Some bytes come when the encoder is full, the rest when it is flushed.
            while reader(&bytes, coding).read_exact(&mut read).is_err() {
                bytes.extend(next(&mut body).await.unwrap().unwrap());
            }
            assert!(read == first, "{coding:?}, {length} bytes");
            let end = reader(&bytes, coding).read_to_end(&mut Vec::new());
            assert!(end.is_err(), "{coding:?}: it came with the late chunk");
        }
    }

    #[actix_web::test]
    async fn an_error_of_the_body_is_an_error_of_the_compressed_body() {
        for coding in CODINGS {
            let failure = Poll::Ready(Err(io::Error::other("the source is gone")));
            let mut body = polled(coding, [chunk(b"one"), failure]);
            let mut failures = Vec::new();
            while let Some(result) = next(&mut body).await {
                failures.extend(result.err());
            }
            assert_eq!(failures.len(), 1, "{coding:?}");
            assert_eq!(failures[0].to_string(), "the source is gone");
        }
    }
}
