//! Determines the client's address, scheme and host behind proxies.
//!
//! Any client can send the header fields that proxies add. So they are read from the right, hop by hop, for as long as the
//! hop that added them is in a trusted network, and all of them are removed from the request: what a client sent in front
//! of what a trusted proxy appended is never looked at. Handlers, and actix's `connection_info`, find one correct
//! `Forwarded` in their place, or none.

mod forwarded;
mod hop;
mod x_forwarded;

use std::net::IpAddr;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    http::header::{self, HeaderMap, HeaderValue},
};
use ipnet::IpNet;

use self::{forwarded::Elements, hop::Hop};
use super::{
    client_address::ClientAddress,
    error::MiddlewareError,
    transform::{Stage, transform},
};
use crate::settings::{self, ForwardedBy, ProxySettings};

/// All header fields by which proxies forward the client's address, scheme or host.
const FORWARDED: [&str; 4] = [
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
];

/// Returns whether a header field is one of those that proxies add. The name is in lower case.
pub(super) fn is_forwarded_header(name: &str) -> bool {
    FORWARDED.contains(&name)
}

/// Reads the client's address, scheme and host from the header fields of trusted proxies, and removes those header fields
/// from all other requests.
///
/// ```
/// use purlin_app::{ProxySettings, middleware::{MiddlewareError, TrustedProxies}};
///
/// # fn main() -> Result<(), MiddlewareError> {
/// let mut settings = ProxySettings::default();
/// settings.trusted.push("10.0.0.0/8".to_owned());
/// let app = actix_web::App::new().wrap(TrustedProxies::new(&settings)?);
/// # let _ = app;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    trusted: Vec<IpNet>,
    header: ForwardedBy,
}

impl TrustedProxies {
    /// Takes the trusted networks, and which header fields their proxies send.
    ///
    /// # Errors
    ///
    /// A text is neither a network nor an address.
    pub fn new(settings: &ProxySettings) -> Result<Self, MiddlewareError> {
        let network = |text: &String| {
            settings::network(text).ok_or_else(|| MiddlewareError::Network {
                value: text.clone(),
            })
        };
        Ok(Self {
            trusted: settings
                .trusted
                .iter()
                .map(network)
                .collect::<Result<_, _>>()?,
            header: settings.header,
        })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted
            .iter()
            .any(|network| network.contains(&address))
    }

    /// Stores the client's address in the request, and removes every contradicting header field.
    pub(super) fn resolve(&self, request: &mut ServiceRequest) {
        let headers = request.headers();
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let resolved = peer
            .filter(|peer| self.trusts(*peer))
            .and_then(|peer| match self.header {
                ForwardedBy::Forwarded => self.client(forwarded(headers), peer),
                ForwardedBy::XForwarded => self.client(x_forwarded::hops(headers), peer),
            });
        for name in FORWARDED {
            request.headers_mut().remove(name);
        }
        if let Some((address, forwarded)) = resolved {
            request.extensions_mut().insert(ClientAddress(address));
            if let Some(forwarded) = forwarded {
                request.headers_mut().insert(header::FORWARDED, forwarded);
            }
        }
    }

    /// Follows the hops, the nearest first, for as long as they are trusted. Returns the client's address and the
    /// `Forwarded` that says so.
    ///
    /// A hop whose address cannot be read ends them, and the hop that sent it is the client.
    fn client<'h>(
        &self,
        hops: impl Iterator<Item = Hop<'h>>,
        peer: IpAddr,
    ) -> Option<(IpAddr, Option<HeaderValue>)> {
        let mut hops = hops.peekable();
        hops.peek()?;
        let mut client = peer;
        let (mut scheme, mut host) = (None, None);
        for hop in hops {
            // A proxy that sends no host or scheme keeps what it has received.
            scheme = hop.scheme.or(scheme);
            host = hop.host.or(host);
            match hop.address {
                Some(address) => client = address,
                None => break,
            }
            if !self.trusts(client) {
                break;
            }
        }
        Some((client, forwarded_value(client, scheme, host.as_deref())))
    }
}

/// Returns the one `Forwarded` that is left in the request.
fn forwarded_value(
    client: IpAddr,
    scheme: Option<&str>,
    host: Option<&str>,
) -> Option<HeaderValue> {
    let mut text = match client {
        IpAddr::V4(address) => format!("for={address}"),
        IpAddr::V6(address) => format!("for=\"[{address}]\""),
    };
    for (name, value) in [("proto", scheme), ("host", host)] {
        if let Some(value) = value {
            text.push_str(&format!(";{name}=\"{value}\""));
        }
    }
    HeaderValue::try_from(text).ok()
}

/// Returns the hops of `Forwarded`, the nearest first.
fn forwarded(headers: &HeaderMap) -> impl Iterator<Item = Hop<'_>> {
    let lines = headers.get_all(header::FORWARDED).rev();
    lines.flat_map(|line| Elements::of(line.as_bytes()))
}

impl Stage for TrustedProxies {
    async fn process<S, B>(
        &self,
        mut request: ServiceRequest,
        service: &S,
    ) -> Result<ServiceResponse, Error>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        B: MessageBody + 'static,
    {
        self.resolve(&mut request);
        Ok(service.call(request).await?.map_into_boxed_body())
    }
}

transform!(TrustedProxies);

#[cfg(test)]
mod tests;
