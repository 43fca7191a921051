//! A stored response as bytes: what engines keep.

use crate::{error::StoreError, idempotency::StoredResponse};

/// The first byte: the version of the format.
const VERSION: u8 = 1;

/// Returns a response as bytes.
pub(crate) fn encode(response: &StoredResponse) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(response.size() + response.headers.len() * 8 + 16);
    bytes.push(VERSION);
    bytes.extend(response.status.to_be_bytes());
    push_length(&mut bytes, response.headers.len());
    for (name, value) in &response.headers {
        push_length(&mut bytes, name.len());
        bytes.extend(name.as_bytes());
        push_length(&mut bytes, value.len());
        bytes.extend(value);
    }
    bytes.extend(&response.body);
    bytes
}

fn push_length(bytes: &mut Vec<u8>, length: usize) {
    // Header fields are limited to kilobytes.
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    bytes.extend(length.to_be_bytes());
}

/// Returns the response that bytes were made of.
pub(crate) fn decode(bytes: &[u8]) -> Result<StoredResponse, StoreError> {
    read(bytes).ok_or_else(|| StoreError::new("a stored response is malformed"))
}

fn read(mut bytes: &[u8]) -> Option<StoredResponse> {
    let [version] = take(&mut bytes)?;
    if version != VERSION {
        return None;
    }
    let status = u16::from_be_bytes(take(&mut bytes)?);
    let count = length(&mut bytes)?;
    let mut headers = Vec::new();
    for _ in 0..count {
        let name = part(&mut bytes)?;
        let value = part(&mut bytes)?;
        headers.push((String::from_utf8(name.to_vec()).ok()?, value.to_vec()));
    }
    Some(StoredResponse::new(status, headers, bytes.to_vec()))
}

fn take<const LENGTH: usize>(bytes: &mut &[u8]) -> Option<[u8; LENGTH]> {
    let (taken, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*taken)
}

fn length(bytes: &mut &[u8]) -> Option<usize> {
    usize::try_from(u32::from_be_bytes(take(bytes)?)).ok()
}

fn part<'b>(bytes: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = length(bytes)?;
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_response_is_what_it_was(
            status in any::<u16>(),
            headers in prop::collection::vec((".{0,9}", prop::collection::vec(any::<u8>(), 0..9)), 0..4),
            body in prop::collection::vec(any::<u8>(), 0..99),
        ) {
            let response = StoredResponse::new(status, headers, body);
            prop_assert_eq!(decode(&encode(&response)).unwrap(), response);
        }

        #[test]
        fn other_bytes_are_an_error_or_a_response(
            mut bytes in prop::collection::vec(any::<u8>(), 0..40),
            is_version in any::<bool>(),
        ) {
            if let (Some(first), true) = (bytes.first_mut(), is_version) {
                *first = VERSION;
            }
            if let Ok(response) = decode(&bytes) {
                prop_assert!(response.body.len() < bytes.len());
            }
        }
    }
}
