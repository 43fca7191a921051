//! Mutual TLS as an authenticator: clients are identified by their certificates.
//!
//! TLS is terminated in this crate, and the router knows requests alone. So [`keep`] stores the certificate with a new
//! connection, and the authenticator reads it from the connection of each request.

use std::{borrow::Cow, fmt, net::IpAddr, rc::Rc, sync::Arc};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{HttpRequest, dev::Extensions, rt::net::TcpStream};
use purlin_router::{
    auth::{AuthFailure, Authenticator},
    openapi::SecurityScheme,
};
use rustls::pki_types::CertificateDer;

use crate::listen::Facts;

#[cfg(test)]
mod tests;

/// Authenticates clients by a certificate that an authority in `tls.client_authorities` has issued. `tls.client_certificate`
/// has to be `optional` or `required`; while it is `off`, every request is rejected.
///
/// The document describes it as `mutualTLS`, which OpenAPI has since 3.1.
///
/// ```
/// use purlin_app::{
///     CertifiedClient, ClientCertificate,
///     router::{Json, Operation, Registry, auth::Identity},
/// };
///
/// async fn who(client: Identity<CertifiedClient>) -> Json<String> {
///     Json(client.subject().to_owned())
/// }
///
/// # fn main() -> Result<(), purlin_app::router::RegistryErrors> {
/// let inside = ClientCertificate::new()
///     .only(|client| client.dns_names().any(|name| name.ends_with(".example.internal")));
/// let registry = Registry::new("Who", "1.0.0")
///     .authenticator("certificate", inside)
///     .operation(Operation::get("/who", who).authenticators(["certificate"]));
/// registry.build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ClientCertificate {
    only: Option<Arc<Check>>,
}

type Check = dyn Fn(&CertifiedClient) -> bool + Send + Sync;

/// A client that is identified by its certificate.
#[derive(Clone, Debug)]
pub struct CertifiedClient(Rc<Shown>);

/// The certificate of a connection.
#[derive(Debug)]
struct Shown {
    facts: Facts,
    der: CertificateDer<'static>,
}

/// A certificate that rustls accepts and that cannot be parsed here.
struct Unreadable;

impl ClientCertificate {
    /// Accepts every certificate of the authorities.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Accepts only clients for which `check` returns true; others are rejected with 403.
    #[must_use]
    pub fn only(
        mut self,
        check: impl Fn(&CertifiedClient) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.only = Some(Arc::new(check));
        self
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientCertificate").finish_non_exhaustive()
    }
}

impl Authenticator for ClientCertificate {
    type Identity = CertifiedClient;

    fn scheme(&self) -> SecurityScheme {
        SecurityScheme::mutual_tls()
    }

    async fn authenticate(&self, request: &HttpRequest) -> Result<CertifiedClient, AuthFailure> {
        let Some(client) = request.conn_data::<CertifiedClient>() else {
            return Err(match request.conn_data::<Unreadable>() {
                Some(Unreadable) => AuthFailure::Invalid,
                None => AuthFailure::Missing,
            });
        };
        match self.only.as_ref().is_none_or(|holds| holds(client)) {
            true => Ok(client.clone()),
            false => Err(AuthFailure::Forbidden),
        }
    }

    /// Returns a digest of the names of the client and of the authority. A renewed certificate has the same, and an
    /// authority gives no two clients the same names (RFC 5280 section 4.1.2.6).
    fn subject<'i>(&self, client: &'i CertifiedClient) -> Cow<'i, str> {
        Cow::Borrowed(&client.0.facts.holder)
    }

    fn other_failures(&self) -> &'static [AuthFailure] {
        match self.only {
            Some(_) => &[AuthFailure::Forbidden],
            None => &[],
        }
    }
}

impl CertifiedClient {
    /// Returns the subject in the form of RFC 4514, such as `CN=billing,O=Example`.
    pub fn subject(&self) -> &str {
        &self.0.facts.subject
    }

    /// Returns the common name of the subject.
    pub fn common_name(&self) -> Option<&str> {
        self.0.facts.common_name.as_deref()
    }

    /// Returns the DNS names among its alternative names.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.0.facts.dns_names.iter().map(String::as_str)
    }

    /// Returns the IP addresses among its alternative names.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.0.facts.addresses.iter().copied()
    }

    /// Returns the mail addresses among its alternative names.
    pub fn emails(&self) -> impl Iterator<Item = &str> {
        self.0.facts.emails.iter().map(String::as_str)
    }

    /// Returns the URIs among its alternative names, such as a SPIFFE ID.
    pub fn uris(&self) -> impl Iterator<Item = &str> {
        self.0.facts.uris.iter().map(String::as_str)
    }

    /// Returns the serial number of the certificate, in hexadecimal digits.
    pub fn serial(&self) -> &str {
        &self.0.facts.serial
    }

    /// Returns the certificate in DER.
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }
}

/// Stores the certificate of a new connection for its requests.
pub(crate) fn keep(stream: &TlsStream<TcpStream>, data: &mut Extensions) {
    let (_, session) = stream.get_ref();
    let Some(certificate) = session.peer_certificates().and_then(<[_]>::first) else {
        return;
    };
    match Facts::read(certificate) {
        Some(facts) => {
            let der = certificate.clone().into_owned();
            data.insert(CertifiedClient(Rc::new(Shown { facts, der })));
        }
        None => {
            data.insert(Unreadable);
        }
    }
}
