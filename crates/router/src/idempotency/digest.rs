//! Digests: of the operation, the caller, the key and what was sent.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
};
use purlin_store::{Digest, DigestBuilder, idempotency::Caller};

/// Returns the digest of an operation: it is the same in every process that serves it.
pub(super) fn operation(api: &str, method: &Method, template: &str) -> Digest {
    let parts = DigestBuilder::new("operation")
        .part(api)
        .part(method.as_str());
    parts.part(template).finish()
}

/// Who sent a request.
#[derive(Clone, Copy)]
pub(super) struct Sender {
    /// Whose share of the store is taken.
    pub(super) caller: Caller,
    /// Whose keys are meant.
    pub(super) identity: Digest,
}

impl Sender {
    /// Returns a sender by the subjects that authenticators found, each with the name of the authenticator.
    pub(super) fn identified<'n>(subjects: impl IntoIterator<Item = (&'n str, String)>) -> Self {
        let parts = DigestBuilder::new("identified");
        let parts = subjects.into_iter().fold(parts, |parts, (name, subject)| {
            parts.part(name).part(subject)
        });
        let identity = parts.finish();
        Self {
            caller: Caller::identified(identity),
            identity,
        }
    }

    /// Returns a sender whom no authenticator identified. Their keys are shared by all that send the same `Authorization` and
    /// `Cookie`, which the handler may look at, and most send neither.
    pub(super) fn anonymous(request: &HttpRequest, address: Option<IpAddr>) -> Self {
        let of_fields = |parts, name: HeaderName| {
            let values = request.headers().get_all(name);
            values.fold(DigestBuilder::part(parts, "field"), |parts, value| {
                parts.part(value.as_bytes())
            })
        };
        let fields = [header::AUTHORIZATION, header::COOKIE].into_iter();
        let identity = fields
            .fold(DigestBuilder::new("anonymous"), of_fields)
            .finish();
        let network = match address {
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            // A client has a whole /64 (RFC 6177).
            Some(IpAddr::V6(address)) => address.octets().into_iter().take(8).collect(),
            None => Vec::new(),
        };
        Self {
            caller: Caller::anonymous(DigestBuilder::new("address").part(network).finish()),
            identity,
        }
    }
}

/// Returns the digest of what was sent.
pub(super) fn fingerprint(request: &HttpRequest, query_keys: &[String], body: Digest) -> Digest {
    let media_type = request.headers().get(header::CONTENT_TYPE);
    let is_key = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default().replace('+', " ");
        let name: Vec<u8> = percent_encoding::percent_decode_str(&name).collect();
        query_keys.iter().any(|key| key.as_bytes() == name)
    };
    let query = request.query_string().split('&');
    let query: Vec<&str> = query.filter(|pair| !is_key(pair)).collect();
    DigestBuilder::new("request")
        .part(request.method().as_str())
        .part(request.path())
        .part(query.join("&"))
        .part(media_type.map_or(b"".as_slice(), HeaderValue::as_bytes))
        .part(body)
        .finish()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{Sender, fingerprint};

    fn identity(subjects: &[(&str, &str)]) -> super::Digest {
        let subjects = subjects.iter();
        Sender::identified(subjects.map(|(name, subject)| (*name, (*subject).to_owned()))).identity
    }

    #[test]
    fn callers_differ_by_authenticator_and_subject() {
        let ada = identity(&[("key", "ada")]);
        assert_ne!(ada, identity(&[("token", "ada")]));
        assert_ne!(ada, identity(&[("key", "bob")]));
        assert_ne!(ada, identity(&[("key", "ada"), ("token", "ada")]));
        let request = TestRequest::default().to_http_request();
        assert_ne!(identity(&[]), Sender::anonymous(&request, None).identity);
    }

    #[test]
    fn anonymous_callers_share_keys_and_have_shares_by_network() {
        let sender = |address: &str, cookie: &str| {
            let request = TestRequest::default().insert_header(("cookie", cookie));
            let address = address.parse().ok();
            Sender::anonymous(&request.to_http_request(), address)
        };
        let one = sender("2001:db8::1", "");
        for (address, is_same) in [
            ("2001:db8::ffff:1", true),
            ("2001:db8:0:1::1", false),
            ("192.0.2.1", false),
        ] {
            let other = sender(address, "");
            assert!(one.identity == other.identity);
            assert_eq!(one.caller == other.caller, is_same, "{address}");
        }
        assert!(one.identity != sender("2001:db8::1", "session=1").identity);
    }

    #[test]
    fn a_fingerprint_leaves_out_the_keys_of_callers() {
        let of = |uri: &str| {
            let request = TestRequest::post().uri(uri).to_http_request();
            fingerprint(&request, &["api key".to_owned()], [0; 32])
        };
        let one = of("/orders?a=1&api+key=x&b=2");
        assert_eq!(one, of("/orders?a=1&b=2&api%20key=other"));
        assert_eq!(one, of("/orders?a=1&b=2"));
        assert_ne!(one, of("/orders?b=2&a=1"));
        assert_ne!(one, of("/orders?a=1&b=2&apikey=x"));
        assert_ne!(one, of("/other?a=1&b=2"));
    }
}
