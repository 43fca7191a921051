//! Reads a request body up to a limit. Which media type it has to be and what
//! it means is for `json.rs`.

use std::{future::poll_fn, pin::Pin};

use actix_web::{dev::Payload, http::header, web::Bytes};
use futures_util::Stream;

use crate::{
    context::Context,
    error::{Reason, Rejection},
};

/// A body over the limit is read on and thrown away up to this many times the
/// limit, so that the client, still sending, gets to read the answer and the
/// connection stays usable; beyond that the connection is given up.
const DRAIN_FACTOR: usize = 16;

/// The whole body.
pub(crate) async fn read(context: &Context<'_>, payload: &mut Payload) -> Result<Bytes, Rejection> {
    let limit = context.body_limit();
    let Some(first) = next(payload).await? else {
        return Ok(Bytes::new());
    };
    if first.len() > limit {
        return Err(too_large(payload, first.len(), limit).await);
    }
    // Most bodies come in one piece, which is then handed on as it is.
    let Some(second) = next(payload).await? else {
        return Ok(first);
    };
    let mut body = Vec::with_capacity(expected_length(context).min(limit).max(first.len()));
    body.extend_from_slice(&first);
    let mut piece = Some(second);
    while let Some(bytes) = piece {
        if body.len() + bytes.len() > limit {
            return Err(too_large(payload, body.len() + bytes.len(), limit).await);
        }
        body.extend_from_slice(&bytes);
        piece = next(payload).await?;
    }
    Ok(body.into())
}

async fn next(payload: &mut Payload) -> Result<Option<Bytes>, Rejection> {
    poll_fn(|cx| Pin::new(&mut *payload).poll_next(cx))
        .await
        .transpose()
        .map_err(|error| Reason::UnreadableBody(format!("the body cannot be read: {error}")).into())
}

async fn too_large(payload: &mut Payload, seen: usize, limit: usize) -> Rejection {
    drain(payload, seen, limit).await;
    Reason::ContentTooLarge { limit }.into()
}

/// Reads on what is refused already, of which some was seen, in proportion to
/// what would have been taken.
pub(crate) async fn drain(payload: &mut Payload, mut seen: usize, limit: usize) {
    let most = limit.saturating_mul(DRAIN_FACTOR).max(64 * 1024);
    while seen <= most {
        match next(payload).await {
            Ok(Some(bytes)) => seen += bytes.len(),
            _ => break,
        }
    }
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
