//! A file from the disk: whole, in part, or not at all when the client's copy is current.

use std::{
    fmt, fs,
    io::{self, Read, Seek, SeekFrom},
    marker::PhantomData,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse, Responder,
    body::{BoxBody, SizedStream},
    http::{
        Method, StatusCode,
        header::{self, HeaderName, HeaderValue, HttpDate, Range},
    },
    web::{self, Bytes},
};
use futures_core::Stream;
use futures_util::stream;

use super::binary::schema;
use crate::{
    conditional::{self, Current, EntityTag, Evaluation, is_read},
    context::Context,
    describe::OperationBuilder,
    error::{Rejection, http::RangeNotSatisfiable},
    media::{MediaType, is_one},
    replies::reply::{Reply, respond},
};

/// How much is read at once, on a blocking thread.
const PIECE: u64 = 64 * 1024;

/// A file from the disk, of a media type: `Download<Pdf>`. It is read while it is sent.
///
/// As the response to a GET it is `200 OK`; `206 Partial Content` for one range of bytes; `304 Not Modified` when the
/// client's copy is current, by its entity tag or its time; 412 when the client requires another state of the file; 416 for a
/// range beyond its end (RFC 9110 sections 13 and 14). HEAD ignores ranges. Other methods have their effect before there is a
/// file, so that preconditions cannot prevent it: the response is `200 OK` with the whole file.
///
/// ```
/// use purlin_router::{error::http::NotFound, media::Pdf, reply::Download};
///
/// async fn invoice() -> Result<Download<Pdf>, NotFound> {
///     let invoice = Download::open("/var/invoices/7.pdf").await;
///     Ok(invoice.map_err(|_| NotFound::default())?.named("invoice 7.pdf"))
/// }
/// ```
pub struct Download<M> {
    file: fs::File,
    size: u64,
    modified: Option<SystemTime>,
    disposition: Option<String>,
    media: PhantomData<fn() -> M>,
}

impl<M: MediaType> Download<M> {
    /// Opens a file, on a blocking thread. Check a path that comes from a client before.
    ///
    /// # Errors
    ///
    /// Those of the file system, and `NotFound` where the path is not a file.
    pub async fn open(path: impl Into<PathBuf>) -> io::Result<Self> {
        const {
            assert!(
                is_one(M::NAME),
                "the name of a media type is `type/subtype`"
            )
        }
        let path = path.into();
        let opened = web::block(move || {
            let file = fs::File::open(path)?;
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return Err(io::Error::from(io::ErrorKind::NotFound));
            }
            Ok(Self {
                file,
                size: metadata.len(),
                modified: metadata.modified().ok(),
                disposition: None,
                media: PhantomData,
            })
        });
        opened.await.map_err(io::Error::other).flatten()
    }

    /// Sets the name under which the browser saves it, instead of showing it.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.disposition = Some(attachment(name));
        self
    }

    /// Returns the entity tag of the file; `None` where the file system has no times.
    fn tag(&self) -> Option<EntityTag> {
        let since = self.modified?.duration_since(UNIX_EPOCH).ok()?;
        Some(EntityTag::of_file(since.as_nanos(), self.size))
    }

    /// Returns the time of the last change, in whole seconds, as in headers.
    fn modified(&self) -> Option<SystemTime> {
        let since = self.modified?.duration_since(UNIX_EPOCH).ok()?;
        Some(UNIX_EPOCH + Duration::from_secs(since.as_secs()))
    }

    /// Returns the requested range: first and last byte. `Err` for one beyond the end.
    fn part(&self, request: &HttpRequest, current: &Current<'_>) -> Result<Option<(u64, u64)>, ()> {
        // No other method has ranges (RFC 9110 section 14.2).
        if *request.method() != Method::GET || !current.range_applies(request.headers()) {
            return Ok(None);
        }
        match request.get_header::<Range>() {
            Some(Range::Bytes(ranges)) => match ranges.as_slice() {
                [only] => only.to_satisfiable_range(self.size).map(Some).ok_or(()),
                // For several the response may be the whole (RFC 9110 section 14.2).
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }

    fn headers(&self) -> Vec<(HeaderName, String)> {
        let mut headers = vec![(header::ACCEPT_RANGES, "bytes".to_owned())];
        headers.extend(self.tag().map(|tag| (header::ETAG, tag.to_string())));
        headers.extend(self.modified().map(|time| {
            let date = HttpDate::from(time).to_string();
            (header::LAST_MODIFIED, date)
        }));
        headers
    }
}

/// RFC 6266: a plain name for old clients, the whole one for the others.
fn attachment(name: &str) -> String {
    let plain = |character: char| match character {
        ' '..='~' if !matches!(character, '"' | '\\' | '%' | '/') => character,
        _ => '_',
    };
    let ascii: String = name.chars().map(plain).collect();
    if ascii == name {
        return format!("attachment; filename=\"{ascii}\"");
    }
    let encoded = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

/// Streams the bytes of a file from an offset on.
fn bytes(file: fs::File, first: u64, size: u64) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((file, first, size), |(mut file, at, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let read = web::block(move || {
            let wanted = usize::try_from(left.min(PIECE)).unwrap_or_default();
            let mut piece = vec![0; wanted];
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut piece)?;
            Ok((file, piece))
        });
        match read.await.map_err(io::Error::other).flatten() {
            Ok((file, piece)) => {
                let read = piece.len() as u64;
                Ok(Some((Bytes::from(piece), (file, at + read, left - read))))
            }
            Err(error) => {
                // The length is sent already: the stream can only be aborted.
                log::error!(target: "purlin::error", "a file cannot be sent: {error}");
                Err(error)
            }
        }
    })
}

impl<M> fmt::Debug for Download<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("file", &self.file)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl<M: MediaType> Reply for Download<M> {
    fn describe(describe: &mut OperationBuilder<'_>) {
        describe.content(200, M::NAME, schema::<M>(), "The file.");
        let mut statuses = vec![200];
        if is_read(describe.method()) {
            describe.content(
                206,
                M::NAME,
                schema::<M>(),
                "The part of the file that was requested.",
            );
            describe.response_header(206, "Content-Range", "Which part it is.");
            describe.error(416, "The file has no such part.");
            describe.response_header(416, "Content-Range", "The size of the file.");
            conditional::describe_read(describe);
            for (name, description) in [
                (
                    header::IF_MODIFIED_SINCE,
                    "Responds with 304 if the file has not changed since (RFC 9110 section 13.1.3).",
                ),
                (
                    header::IF_UNMODIFIED_SINCE,
                    "Responds with 412 if the file has changed since (RFC 9110 section 13.1.4).",
                ),
                (
                    header::RANGE,
                    "One range of bytes, such as `bytes=0-499` (RFC 9110 section 14.2).",
                ),
                (
                    header::IF_RANGE,
                    "Ignores the range unless this is the entity tag or the time of the file (RFC 9110 section 13.1.5).",
                ),
            ] {
                describe.optional_header(name.as_str(), description);
            }
            statuses.extend([206, 304]);
        }
        for status in statuses {
            describe.response_header(status, "ETag", "Names the state of the file.");
            describe.response_header(status, "Last-Modified", "When the file was changed.");
        }
    }

    fn reply(self, context: &Context<'_>) -> HttpResponse {
        let request = context.request();
        let mut headers = self.headers();
        let size = self.size;
        let tag = self.tag();
        let current = Current::new(tag.as_ref(), self.modified());
        let outcome = match is_read(request.method()) {
            true => current.evaluate(request.method(), request.headers()),
            false => Evaluation::Proceed,
        };
        if outcome == Evaluation::Failed {
            return conditional::failed(context);
        }
        let mut response = if outcome == Evaluation::NotModified {
            HttpResponse::new(StatusCode::NOT_MODIFIED)
        } else {
            let (status, first, last) = match self.part(request, &current) {
                Ok(None) => (StatusCode::OK, 0, size.saturating_sub(1)),
                Ok(Some((first, last))) => {
                    let range = format!("bytes {first}-{last}/{size}");
                    headers.push((header::CONTENT_RANGE, range));
                    (StatusCode::PARTIAL_CONTENT, first, last)
                }
                Err(()) => return beyond(size, context),
            };
            headers.push((header::CONTENT_TYPE, M::NAME.to_owned()));
            headers.push((header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()));
            headers.extend(
                self.disposition
                    .map(|name| (header::CONTENT_DISPOSITION, name)),
            );
            let length = (last + 1).min(size) - first;
            let body = SizedStream::new(length, Box::pin(bytes(self.file, first, length)));
            HttpResponse::with_body(status, BoxBody::new(body))
        };
        for (name, value) in headers {
            // All of them are ASCII.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn beyond(size: u64, context: &Context<'_>) -> HttpResponse {
    let message = format!("the file has {size} bytes");
    let mut response = context.reject(&Rejection::api(&RangeNotSatisfiable::new(message)));
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{size}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

impl<M: MediaType> Responder for Download<M> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        respond(self, request)
    }
}
