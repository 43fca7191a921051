//! What every check needs: a client with a key, and an outcome that says what differs.

use std::{error::Error, fmt::Debug};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// What every check returns.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// A connection that shows its key with every request.
pub fn with_key(header: &'static str, key: &str) -> Outcome<reqwest::Client> {
    let name = HeaderName::from_bytes(header.as_bytes())?;
    let headers = HeaderMap::from_iter([(name, HeaderValue::from_str(key)?)]);
    Ok(reqwest::Client::builder()
        .default_headers(headers)
        .build()?)
}

/// Says what differs, if anything.
pub fn same<T: PartialEq<U> + Debug, U: Debug>(got: T, wanted: U) -> Outcome {
    if got == wanted {
        Ok(())
    } else {
        Err(format!("{got:?} instead of {wanted:?}").into())
    }
}

/// The status and the body of a rejection, in the type the document gives it.
pub fn rejection<T, E: Debug>(
    response: Result<T, progenitor_client::Error<E>>,
) -> Outcome<(u16, E)> {
    use progenitor_client::Error::ErrorResponse;
    match response {
        Ok(_) => Err("a request that must be rejected was accepted".into()),
        Err(ErrorResponse(rejection)) => Ok((rejection.status().as_u16(), rejection.into_inner())),
        Err(other) => Err(format!("not a rejection the document knows: {other:?}").into()),
    }
}
