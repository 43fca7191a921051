//! Digests: of the operation, the caller, the key and what was sent.

use std::net::IpAddr;

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
};
use sha2::{Digest as _, Sha256};

use super::store::{Caller, Digest};

/// Hashes parts, each with its length before it, so that no two lists of parts are the same bytes.
pub(super) struct Parts(Sha256);

impl Parts {
    /// Begins a list. Those of different kinds are different.
    pub(super) fn of(kind: &str) -> Self {
        Self(Sha256::new()).with(kind)
    }

    pub(super) fn with(mut self, part: impl AsRef<[u8]>) -> Self {
        let part = part.as_ref();
        self.0.update((part.len() as u64).to_be_bytes());
        self.0.update(part);
        self
    }

    pub(super) fn digest(self) -> Digest {
        self.0.finalize().into()
    }
}

/// Returns the digest of an operation: it is the same in every process that serves it.
pub(super) fn operation(api: &str, method: &Method, template: &str) -> Digest {
    let parts = Parts::of("operation").with(api).with(method.as_str());
    parts.with(template).digest()
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
        let parts = Parts::of("identified");
        let parts = subjects.into_iter().fold(parts, |parts, (name, subject)| {
            parts.with(name).with(subject)
        });
        let identity = parts.digest();
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
            values.fold(Parts::with(parts, "field"), |parts, value| {
                parts.with(value.as_bytes())
            })
        };
        let fields = [header::AUTHORIZATION, header::COOKIE].into_iter();
        let identity = fields.fold(Parts::of("anonymous"), of_fields).digest();
        let network = match address {
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            // A client has a whole /64 (RFC 6177).
            Some(IpAddr::V6(address)) => address.octets().into_iter().take(8).collect(),
            None => Vec::new(),
        };
        Self {
            caller: Caller::anonymous(Parts::of("address").with(network).digest()),
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
    Parts::of("request")
        .with(request.method().as_str())
        .with(request.path())
        .with(query.join("&"))
        .with(media_type.map_or(b"".as_slice(), HeaderValue::as_bytes))
        .with(body)
        .digest()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{Parts, Sender, fingerprint};

    fn identity(subjects: &[(&str, &str)]) -> super::Digest {
        let subjects = subjects.iter();
        Sender::identified(subjects.map(|(name, subject)| (*name, (*subject).to_owned()))).identity
    }

    #[test]
    fn the_boundaries_of_parts_count() {
        let one = Parts::of("kind").with("ab").with("c").digest();
        assert_ne!(one, Parts::of("kind").with("a").with("bc").digest());
        assert_ne!(one, Parts::of("kind").with("abc").digest());
        assert_ne!(one, Parts::of("other").with("ab").with("c").digest());
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
