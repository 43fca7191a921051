//! The edge's nginx configuration, rendered from one template for each variant of nginx, and what clients can make the edge
//! hold.
//!
//! The numbers of [`Bounds`] are written into the configuration; their sum is the memory of the edge's container.

use minijinja::context;

use super::{
    deployment::{Deployment, ErrorFormat},
    variables,
};
use crate::{Result, template::render};

const TEMPLATE: &str = include_str!("templates/compose/edge/nginx.conf");

/// What a version of nginx supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Variant {
    /// Resolves the servers' names again and keeps connections to them open: nginx 1.27.4 and later.
    Recent,
    /// nginx 1.22 to 1.27.3, such as that of Debian 12.
    Older,
}

impl Variant {
    /// Both variants.
    pub const ALL: [Self; 2] = [Self::Recent, Self::Older];

    /// Returns the variant for a version of nginx, such as `1.22.1-9+deb12u11`.
    #[must_use]
    pub fn of(version: &str) -> Self {
        let upstream = version.split('-').next().unwrap_or_default();
        let mut numbers = upstream.split('.').map(|it| it.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0_u32);
        match (next(), next(), next()) >= (1, 27, 4) {
            true => Self::Recent,
            false => Self::Older,
        }
    }

    /// Returns the path of the configuration, relative to the compose file.
    #[must_use]
    pub fn file(self) -> &'static str {
        match self {
            Self::Recent => "edge/nginx.conf",
            Self::Older => "edge/nginx-1.22.conf",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Recent => "1.27.4 and later",
            Self::Older => "1.22 to 1.27.3",
        }
    }
}

impl ErrorFormat {
    fn media_type(self) -> &'static str {
        match self {
            Self::Problem => "application/problem+json",
            Self::Message => "application/json",
        }
    }

    /// Returns the body with nginx's variables.
    fn body(self) -> &'static str {
        match self {
            Self::Problem => r#"{"type":"about:blank","title":"$edge_error","status":$status}"#,
            Self::Message => r#"{"message":"$edge_error"}"#,
        }
    }
}

/// What clients can make the edge hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bounds {
    /// Worker processes.
    pub workers: u64,
    /// Connections of a worker process, those to servers included.
    pub connections: u64,
    /// Streams of a connection of HTTP/2.
    pub streams: u64,
    /// Buffers for long header lines.
    pub lines: u64,
    /// KiB of such a buffer, and so of a header line.
    pub line: u64,
    /// KiB of a body in memory; the rest of it is in a file.
    pub buffer: u64,
    /// MiB of a body.
    pub body: u64,
    /// Concurrent requests of one client.
    pub concurrent: u64,
    /// Concurrent requests of all clients.
    pub requests: u64,
}

impl Bounds {
    /// KiB of an idle TLS connection, measured with nginx 1.22.
    const CONNECTION: u64 = 15;

    /// KiB of `client_header_buffer_size`.
    const HEAD: u64 = 2;

    /// KiB of the proxy buffers of a request.
    const PROXY: u64 = 32;

    /// MiB of the processes themselves and of all shared zones in full.
    const PROCESSES: u64 = 60;

    /// Returns the bounds for bodies of at most `body` MiB.
    #[must_use]
    pub fn new(body: u64) -> Self {
        Self {
            workers: 4,
            connections: 384,
            streams: 16,
            lines: 2,
            line: 12,
            buffer: 32,
            body,
            concurrent: 40,
            requests: 1000,
        }
    }

    /// Returns the bounds for a deployment: bodies are larger than those that the servers accept, so that the servers reject
    /// them themselves.
    pub(super) fn of(deployment: &Deployment) -> Self {
        let bytes = deployment.seconds("limits.body_bytes", 0);
        Self::new((bytes >> 20) + 2)
    }

    /// Returns the MiB for bodies that are being received: one client leaves room for others.
    #[must_use]
    pub fn space(&self) -> u64 {
        (2 * self.concurrent * self.body).next_multiple_of(64)
    }

    /// Returns the MiB that clients can make the edge hold. In the worst case every stream of every connection has a head of
    /// the largest size and cannot send its response, since the client accepts none.
    #[must_use]
    pub fn sum(&self) -> u64 {
        let head = Self::HEAD + self.lines * self.line;
        let connections =
            self.workers * self.connections * (Self::CONNECTION + self.streams * head);
        let requests = self.requests * (self.buffer + Self::PROXY);
        Self::PROCESSES + self.space() + (connections + requests) / 1024
    }

    /// Returns the MiB of memory of the edge's container.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.sum().next_multiple_of(128)
    }
}

/// The values of the template.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Values {
    /// The address or port for HTTP.
    pub http: String,
    /// The address or port for HTTPS.
    pub https: String,
    /// The IPv6 address and port for HTTP.
    pub http6: String,
    /// The IPv6 address and port for HTTPS.
    pub https6: String,
    /// The name and port of the servers.
    pub server: String,
    /// The DNS server that resolves that name.
    pub resolver: String,
    /// The folder of `fullchain.pem` and `privkey.pem`.
    pub tls: String,
    /// The folder of the maps of rejected hosts.
    pub hosts: String,
    /// The folder of the ACME challenges.
    pub acme: String,
    /// A writable folder.
    pub temp: String,
    /// The path of the access log.
    pub log: String,
    /// The rate limit per address, such as `100r/s`.
    pub rate: String,
    /// The requests beyond the rate that are accepted at once.
    pub burst: u32,
    /// The seconds that a server may take to respond.
    pub timeout: u64,
    /// The format of the edge's own errors.
    pub errors: ErrorFormat,
    /// What clients can make the edge hold.
    pub bounds: Bounds,
}

impl Values {
    /// Returns the values for the container of the compose file.
    #[must_use]
    pub fn of(deployment: &Deployment) -> Self {
        Self {
            http: "8080".to_owned(),
            https: "8443".to_owned(),
            http6: "[::]:8080".to_owned(),
            https6: "[::]:8443".to_owned(),
            server: format!("server:{}", deployment.port),
            resolver: "127.0.0.11".to_owned(),
            tls: "/etc/edge/tls".to_owned(),
            hosts: "/etc/edge/hosts".to_owned(),
            acme: "/var/www/acme".to_owned(),
            temp: "/tmp".to_owned(),
            log: "/dev/stdout".to_owned(),
            rate: "100r/s".to_owned(),
            burst: 200,
            timeout: variables::timeout(deployment),
            errors: deployment.errors,
            bounds: Bounds::of(deployment),
        }
    }
}

/// Renders the configuration.
///
/// # Errors
/// Fails if the template is inconsistent, which tests exclude.
pub fn configuration(variant: Variant, values: &Values) -> Result<String> {
    let bounds = &values.bounds;
    render(
        "nginx.conf",
        TEMPLATE,
        &context! {
            recent => variant == Variant::Recent,
            version => variant.version(),
            http => &values.http,
            https => &values.https,
            http6 => &values.http6,
            https6 => &values.https6,
            server => &values.server,
            resolver => &values.resolver,
            tls => &values.tls,
            hosts => &values.hosts,
            acme => &values.acme,
            temp => &values.temp,
            log => &values.log,
            rate => &values.rate,
            burst => values.burst,
            timeout => values.timeout,
            error_type => values.errors.media_type(),
            error_body => values.errors.body(),
            workers => bounds.workers,
            connections => bounds.connections,
            streams => bounds.streams,
            lines => bounds.lines,
            line => bounds.line,
            buffer => bounds.buffer,
            body => bounds.body,
            concurrent => bounds.concurrent,
            requests => bounds.requests,
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variant_follows_from_the_version() {
        assert_eq!(Variant::of("1.22.1-9+deb12u11"), Variant::Older);
        assert_eq!(Variant::of("1.27.3-1"), Variant::Older);
        assert_eq!(Variant::of("1.27.4-1"), Variant::Recent);
        assert_eq!(Variant::of("1.30.6-2"), Variant::Recent);
        assert_eq!(Variant::of("2.0"), Variant::Recent);
    }

    #[test]
    fn a_client_is_not_rejected_if_it_uses_one_connection_as_it_may_and_leaves_room_for_others() {
        for body in [2, 7, 64] {
            let bounds = Bounds::new(body);
            assert!(bounds.streams < bounds.concurrent && bounds.concurrent < bounds.requests);
            assert!(2 * bounds.concurrent * bounds.body <= bounds.space());
            assert!(bounds.sum() <= bounds.memory());
        }
    }
}
