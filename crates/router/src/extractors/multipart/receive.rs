//! Reads a multipart body part by part, each up to its limit.

use std::{borrow::Cow, collections::BTreeMap, future::poll_fn, pin::Pin, sync::Arc};

use actix_multipart::{Field, Multipart, MultipartError as WireError};
use actix_web::{
    dev::Payload,
    error::PayloadError,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
    web::Bytes,
};
use futures_util::Stream;
use purlin_schemas::{
    __router::{FileRules, Part, PartContent, PartShape},
    InstanceLocation, Location, Rule, Validator, Violation,
};

use super::{
    payload::Lent,
    received::{Content, Received},
    store::Store,
};
use crate::{
    context::Context,
    error::{Reason, Rejection},
    extractors::{body, body_error::BodyError},
    media,
    uploads::Uploads,
};

/// The size of a part's headers and boundary, on average.
const OVERHEAD: u64 = 1024;

/// A header of parts that RFC 7578 deprecates (section 4.7).
static TRANSFER_ENCODING: HeaderName = HeaderName::from_static("content-transfer-encoding");

type Parts<'c> = (Vec<(Cow<'c, str>, Part)>, Vec<Arc<Received>>);

/// The parts of a body, and the files among them.
pub(super) async fn receive<'c>(
    context: &'c Context<'_>,
    payload: &mut Payload,
    validator: &'c Validator,
) -> Result<Parts<'c>, Rejection> {
    let uploads = context.uploads();
    let files = if validator.wants_files() {
        uploads.files_limit
    } else {
        0
    };
    let body_limit = context.body_limit() as u64;
    let overhead = (uploads.parts_limit as u64).saturating_mul(OVERHEAD);
    let most = body_limit.saturating_add(files).saturating_add(overhead);
    body::reject_before_reading(context, payload, most)?;
    let lent = Lent::new(payload.take(), most);
    let mut receiver = Receiver {
        multipart: Multipart::new(context.request().headers(), lent.clone()),
        lent: lent.clone(),
        shapes: validator.parts(),
        uploads,
        malformed: context.error_policy().statuses.malformed_body,
        body_limit: context.body_limit(),
        body: 0,
        files_size: 0,
        parts: Vec::new(),
        files: Vec::new(),
    };
    let received = receiver.all().await;
    let Receiver {
        multipart,
        parts,
        files,
        ..
    } = receiver;
    drop(multipart);
    *payload = lent.into_rest();
    match received {
        Ok(()) => Ok((parts, files)),
        Err(rejection) => Err(body::rejected(context, payload, rejection).await),
    }
}

struct Receiver<'c> {
    multipart: Multipart,
    lent: Lent,
    shapes: &'c BTreeMap<String, PartShape>,
    uploads: &'c Uploads,
    /// The status of a body that is not well-formed.
    malformed: StatusCode,
    body_limit: usize,
    /// The bytes read so far that are not of a file on the disk.
    body: usize,
    /// The bytes read so far of files.
    files_size: u64,
    parts: Vec<(Cow<'c, str>, Part)>,
    files: Vec<Arc<Received>>,
}

impl<'c> Receiver<'c> {
    async fn all(&mut self) -> Result<(), Rejection> {
        let mut count = 0;
        loop {
            let mut field = match poll_fn(|cx| Pin::new(&mut self.multipart).poll_next(cx)).await {
                Some(Ok(field)) => field,
                Some(Err(error)) => return Err(self.rejection(&error)),
                None => return Ok(()),
            };
            count += 1;
            if count > self.uploads.parts_limit {
                let limit = self.uploads.parts_limit;
                let message = format!("the body has more than {limit} parts");
                let status = StatusCode::PAYLOAD_TOO_LARGE;
                return Err(BodyError::new(status, "too_many_parts", message).into());
            }
            self.part(&mut field).await?;
        }
    }

    async fn part(&mut self, field: &mut Field) -> Result<(), Rejection> {
        let name = field.name().unwrap_or_default();
        let (name, shape) = match self.shapes.get_key_value(name) {
            Some((name, shape)) => (Cow::Borrowed(name.as_str()), Some(shape)),
            None => (Cow::Owned(name.to_owned()), None),
        };
        self.count(name.len())?;
        let part = match shape.map(|shape| (&shape.content, shape.is_list)) {
            Some((PartContent::File(rules), is_list)) => {
                match Box::pin(self.file(&name, field, rules, is_list)).await? {
                    Some(part) => part,
                    // A field of a form for which no file was chosen.
                    None => return Ok(()),
                }
            }
            content => {
                let broken = wrong_content(field, content.map(|(content, _)| content));
                let bytes = self.content(field).await?;
                broken.map_or(Part::Content(bytes), Part::Broken)
            }
        };
        self.parts.push((name, part));
        Ok(())
    }

    /// Returns the bytes of a part, which count towards the body limit.
    async fn content(&mut self, field: &mut Field) -> Result<Vec<u8>, Rejection> {
        let mut content = Vec::new();
        while let Some(bytes) = self.next(field).await? {
            self.count(bytes.len())?;
            content.extend_from_slice(&bytes);
        }
        Ok(content)
    }

    async fn file(
        &mut self,
        name: &str,
        field: &mut Field,
        rules: &'c FileRules,
        is_list: bool,
    ) -> Result<Option<Part>, Rejection> {
        let disposition = field.content_disposition();
        let file_name = disposition.and_then(|disposition| disposition.get_filename());
        let file_name = file_name.map(ToOwned::to_owned);
        let content_type = content_type(field).map(ToOwned::to_owned);
        self.count(file_name.as_deref().map_or(0, str::len))?;

        let mut piece = self.next(field).await?;
        if piece.is_none() && file_name.as_deref().is_none_or(is_no_name) {
            return Ok(None);
        }
        let index = self.parts.iter().filter(|(known, _)| known == name).count();
        let broken = if index > 0 && !is_list {
            Some(Rule::DuplicateParameter)
        } else {
            let is_text = file_name.is_none() && content_type.is_none();
            let is_text = is_text.then_some(Rule::File);
            is_text
                .or_else(|| wrong_encoding(field))
                .or_else(|| wrong_file(content_type.as_deref(), rules))
        };
        let pointer = || {
            let place = InstanceLocation::ROOT.field(name);
            match is_list {
                true => place.index(index).pointer(),
                false => place.pointer(),
            }
        };

        // Stored in boxes, so that files in memory carry nothing of it.
        let mut store = None;
        let mut held = Vec::new();
        if broken.is_none() && !rules.in_memory {
            store = Some(Box::pin(Store::create(self.uploads.folder())).await?);
        }
        let mut size = 0;
        while let Some(bytes) = piece {
            size += bytes.len() as u64;
            self.count_file(size, &bytes, rules, pointer)?;
            if let Some(writing) = store.take() {
                store = Some(Box::pin(writing.write(&bytes)).await?);
            } else if broken.is_none() {
                held.extend_from_slice(&bytes);
            }
            piece = self.next(field).await?;
        }
        if let Some(rule) = broken {
            return Ok(Some(Part::Broken(rule)));
        }
        let content = match store {
            Some(store) => Content::Stored(Box::pin(store.finish()).await?),
            None => Content::Held(held.into()),
        };
        self.files.push(Arc::new(Received {
            name: file_name,
            content_type,
            size,
            content,
        }));
        Ok(Some(Part::File(self.files.len() - 1)))
    }

    async fn next(&self, field: &mut Field) -> Result<Option<Bytes>, Rejection> {
        poll_fn(|cx| Pin::new(&mut *field).poll_next(cx))
            .await
            .transpose()
            .map_err(|error| self.rejection(&error))
    }

    /// Counts bytes that are not of a file on the disk.
    fn count(&mut self, bytes: usize) -> Result<(), Rejection> {
        self.body += bytes;
        if self.body > self.body_limit {
            let limit = self.body_limit as u64;
            return Err(BodyError::too_large("the body without its files", limit).into());
        }
        Ok(())
    }

    fn count_file(
        &mut self,
        size: u64,
        bytes: &Bytes,
        rules: &FileRules,
        pointer: impl FnOnce() -> String,
    ) -> Result<(), Rejection> {
        let limit = self.uploads.file_limit;
        if size > limit {
            let pointer = pointer();
            let file = format!("the file at {pointer}");
            let mut rejection = Rejection::from(BodyError::too_large(&file, limit));
            let rule = Rule::MaxSize { limit };
            rejection
                .violations
                .push(Violation::new(Location::Body, pointer, rule));
            return Err(rejection);
        }
        if rules.in_memory {
            return self.count(bytes.len());
        }
        self.files_size += bytes.len() as u64;
        let limit = self.uploads.files_limit;
        if self.files_size > limit {
            return Err(BodyError::too_large("the total of the files", limit).into());
        }
        Ok(())
    }

    /// Returns the rejection of a body that is not well-formed.
    fn rejection(&self, error: &WireError) -> Rejection {
        let message = match error {
            WireError::Payload(PayloadError::Overflow) if self.lent.is_exceeded() => {
                return BodyError::too_large("the body", self.lent.limit()).into();
            }
            WireError::Payload(PayloadError::Overflow) => "a part's headers are too long",
            WireError::Payload(error) => {
                return Reason::UnreadableBody(format!("the body cannot be read: {error}")).into();
            }
            WireError::BoundaryMissing => "the boundary is not where it has to be",
            WireError::Incomplete => "it ends in the middle of a part",
            WireError::ContentDispositionMissing => {
                "a part has no header `Content-Disposition: form-data`"
            }
            WireError::ContentDispositionNameMissing => "a part has no name",
            WireError::Nested => "a part is multipart itself",
            WireError::Parse(_) => "a part's headers cannot be read",
            _ => "it cannot be read",
        };
        let message = format!("the body is not `multipart/form-data`: {message}");
        BodyError::new(self.malformed, "malformed_multipart", message).into()
    }
}

/// Returns whether a file name is what browsers send of a file without one: nothing of an input, and `blob` of what a script
/// adds (WHATWG XMLHttpRequest section 5.1).
fn is_no_name(name: &str) -> bool {
    name.is_empty() || name == "blob"
}

/// Returns a header of a part beside its `Content-Disposition`, which is the only one of most.
fn header_of<'f>(field: &'f Field, name: &HeaderName) -> Option<&'f HeaderValue> {
    let headers = field.headers();
    if headers.len_keys() == 1 {
        return None;
    }
    headers.get(name)
}

fn content_type(field: &Field) -> Option<&str> {
    let value = header_of(field, &header::CONTENT_TYPE)?;
    Some(value.to_str().unwrap_or("unreadable"))
}

/// RFC 7578 section 4.7 leaves no encoding of parts; what says it is encoded is not read as if it were not.
fn wrong_encoding(field: &Field) -> Option<Rule> {
    let encoding = header_of(field, &TRANSFER_ENCODING)?;
    let plain = ["7bit", "8bit", "binary"];
    let is_plain = |plain: &&str| encoding.as_bytes().eq_ignore_ascii_case(plain.as_bytes());
    (!plain.iter().any(is_plain)).then_some(Rule::Encoding)
}

/// Returns the broken rule where a part of text or JSON states another media type. It need not state any.
fn wrong_content(field: &Field, content: Option<&PartContent>) -> Option<Rule> {
    // An unknown part is rejected as such.
    let content = content?;
    if let Some(rule) = wrong_encoding(field) {
        return Some(rule);
    }
    let found = content_type(field)?;
    let is_json_part = *content == PartContent::Json;
    let essence = media::essence(found);
    let is_text = essence.eq_ignore_ascii_case(media::TEXT);
    if is_text || (is_json_part && media::is_json_essence(essence)) {
        let found = media::foreign_charset(found)?.to_owned();
        return Some(Rule::Charset { found });
    }
    let mut allowed = vec![media::TEXT.to_owned()];
    if is_json_part {
        allowed.insert(0, media::JSON.to_owned());
    }
    Some(Rule::MediaType { allowed })
}

fn wrong_file(content_type: Option<&str>, rules: &FileRules) -> Option<Rule> {
    let found = media::essence(content_type.unwrap_or_default());
    let is_of = |allowed: &String| media::is_in_range(found, allowed);
    let allowed = &rules.media_types;
    (!allowed.is_empty() && !allowed.iter().any(is_of)).then(|| Rule::MediaType {
        allowed: allowed.clone(),
    })
}
