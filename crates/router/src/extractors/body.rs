//! Reads a request body up to a limit.

use std::{fmt::Display, future::poll_fn, pin::Pin, time::Duration};

use actix_web::{dev::Payload, error::PayloadError, http::header, rt::time::timeout, web::Bytes};
use futures_util::{
    Stream, StreamExt as _, future::LocalBoxFuture, stream, stream::LocalBoxStream,
};

use super::content_coding;
use crate::{
    context::Context,
    error::{Reason, Rejection},
};

/// The rest of a body over the limit is read and discarded up to this many times
/// the limit, so that the client, still sending, gets to read the response and the
/// connection stays usable; beyond that the connection is closed.
const DRAIN_FACTOR: usize = 16;

/// How long the next bytes of such a rest may take to arrive. For a client that sends no more, the connection is closed after the
/// response.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);

/// Reads the whole body.
pub(crate) async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Bytes, Rejection> {
    let limit = context.body_limit();
    reject_before_reading(context, payload, limit as u64)?;
    if expected_length(context) > limit && !content_coding::is_decoded(context) {
        return Err(too_large(context, payload, 0, limit).await);
    }
    let Some(first) = next(context, payload).await? else {
        return Ok(Bytes::new());
    };
    if first.len() > limit {
        return Err(too_large(context, payload, first.len(), limit).await);
    }
    // Most bodies arrive in one piece, which is then returned as it is.
    let Some(second) = next(context, payload).await? else {
        return Ok(first);
    };
    let mut body = Vec::with_capacity(expected_length(context).min(limit).max(first.len()));
    body.extend_from_slice(&first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if body.len() + bytes.len() > limit {
            return Err(too_large(context, payload, body.len() + bytes.len(), limit).await);
        }
        body.extend_from_slice(&bytes);
        piece = next(context, payload).await?;
    }
    Ok(body.into())
}

/// Returns whether there is no body: one without bytes, whatever its `Content-Type`.
///
/// Where only reading shows it, as for a chunked body, the start is read, and the payload is replaced by the whole body.
pub(crate) async fn is_absent(
    context: &Context<'_>,
    payload: &mut Payload,
) -> Result<bool, Rejection> {
    let length = context.request().headers().get(header::CONTENT_LENGTH);
    match (length, &*payload) {
        (_, Payload::None) => return Ok(true),
        (Some(length), _) if length == "0" => return Ok(true),
        (Some(_), _) if !content_coding::is_decoded(context) => return Ok(false),
        _ => {}
    }
    loop {
        match next(context, payload).await? {
            None => return Ok(true),
            Some(first) if first.is_empty() => {}
            Some(first) => {
                let first = stream::once(async { Ok(first) });
                let whole: LocalBoxStream<'static, _> = Box::pin(first.chain(payload.take()));
                *payload = Payload::from(whole);
                return Ok(false);
            }
        }
    }
}

/// Returns whether the body may not have been sent yet, as a server that asks for the body of `Expect: 100-continue` when it is
/// read has a stream of its own in its place. Other bodies are on their way, and are drained when they are rejected.
fn is_asked_for(context: &Context<'_>, payload: &Payload) -> bool {
    // Other streams, such as that of a request with an idempotency key, have a body that is on its way.
    matches!(payload, Payload::Stream { .. })
        && context.request().headers().contains_key(header::EXPECT)
}

/// Passes on the result of a check that is reported after the body has been read, and reports it at once if the body may not
/// have been sent yet.
pub(crate) fn check_before_reading(
    context: &Context<'_>,
    payload: &Payload,
    checked: Result<(), Rejection>,
) -> Result<Result<(), Rejection>, Rejection> {
    match checked {
        Err(rejection) if is_asked_for(context, payload) => Err(rejection),
        checked => Ok(checked),
    }
}

/// Rejects a body by its stated length if it may not have been sent yet.
pub(crate) fn reject_before_reading(
    context: &Context<'_>,
    payload: &Payload,
    limit: u64,
) -> Result<(), Rejection> {
    let is_too_large =
        || u64::try_from(expected_length(context)).is_ok_and(|length| length > limit);
    if is_asked_for(context, payload) && is_too_large() {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        return Err(Reason::ContentTooLarge { limit }.into());
    }
    Ok(())
}

async fn next(context: &Context<'_>, payload: &mut Payload) -> Result<Option<Bytes>, Rejection> {
    poll_fn(|cx| Pin::new(&mut *payload).poll_next(cx))
        .await
        .transpose()
        .map_err(|error| Reason::UnreadableBody(unreadable(context, &error)).into())
}

#[cold]
fn unreadable(context: &Context<'_>, error: &PayloadError) -> String {
    let headers = context.request().headers();
    let reason: &dyn Display = match error {
        // actix-http has one error for both.
        PayloadError::Incomplete(_) if headers.contains_key(header::TRANSFER_ENCODING) => {
            &"it ended early, or a chunk of it is invalid"
        }
        PayloadError::Incomplete(_) => &"it ended early",
        PayloadError::EncodingCorrupted => &"it is not in its content coding",
        error => error,
    };
    format!("the body cannot be read: {reason}")
}

/// Discards the rest of a body that is rejected before it is read to its end, and returns the rejection.
#[cold]
pub(crate) fn rejected<'p>(
    context: &'p Context<'_>,
    payload: &'p mut Payload,
    rejection: Rejection,
) -> LocalBoxFuture<'p, Rejection> {
    Box::pin(async move {
        drain(context, payload, 0, context.body_limit()).await;
        rejection
    })
}

async fn too_large(
    context: &Context<'_>,
    payload: &mut Payload,
    seen: usize,
    limit: usize,
) -> Rejection {
    drain(context, payload, seen, limit).await;
    Reason::ContentTooLarge { limit }.into()
}

/// Discards the rest of a rejected body, of which some was read, in proportion to
/// the limit.
///
/// In a box, so that the futures of requests that are accepted do not contain its timer.
#[cold]
fn drain<'p>(
    context: &'p Context<'_>,
    payload: &'p mut Payload,
    mut seen: usize,
    limit: usize,
) -> LocalBoxFuture<'p, ()> {
    Box::pin(async move {
        // The rest of a compressed body is not decoded.
        if is_asked_for(context, payload) || content_coding::is_decoded(context) {
            return;
        }
        let most = limit.saturating_mul(DRAIN_FACTOR).max(64 * 1024);
        while seen <= most {
            match timeout(DRAIN_TIMEOUT, next(context, payload)).await {
                Ok(Ok(Some(bytes))) => seen += bytes.len(),
                _ => break,
            }
        }
    })
}

fn expected_length(context: &Context<'_>) -> usize {
    context
        .request()
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .unwrap_or(0)
}
