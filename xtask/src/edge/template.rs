//! The edge's nginx configuration, rendered from one template for each variant of nginx.
//!
//! In the template, a line `#@ recent`, `#@ older` or `#@ all` begins the lines of that variant, and `@name@` stands for a
//! value. It stays readable as nginx configuration, which a general template language would not allow.

use anyhow::{Result, bail};
use fs_err as fs;

use super::bounds;
use crate::run::root;

/// The template, relative to the workspace's root.
const TEMPLATE: &str = "deploy/edge/nginx.template";

/// What a version of nginx supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Resolves the servers' names again and keeps connections to them open.
    Recent,
    /// Debian 12.
    Older,
}

impl Variant {
    /// Returns the variant for a version of nginx, such as `1.22.1-9+deb12u11`.
    pub(crate) fn of(version: &str) -> Self {
        let upstream = version.split('-').next().unwrap_or_default();
        let mut numbers = upstream.split('.').map(|it| it.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0_u32);
        match (next(), next(), next()) >= (1, 27, 4) {
            true => Self::Recent,
            false => Self::Older,
        }
    }

    /// Returns the path of the configuration, relative to the workspace's root.
    pub(crate) fn file(self) -> &'static str {
        match self {
            Self::Recent => "deploy/edge/nginx.conf",
            Self::Older => "deploy/edge/nginx-1.22.conf",
        }
    }

    fn version(self) -> &'static str {
        match self {
            Self::Recent => "1.27.4 and later",
            Self::Older => "1.22 to 1.27.3",
        }
    }
}

/// The values of the template.
#[derive(Clone, Debug)]
pub(crate) struct Values {
    /// The address or port for HTTP.
    pub(crate) http: String,
    /// The address or port for HTTPS.
    pub(crate) https: String,
    /// The IPv6 address and port for HTTP.
    pub(crate) http6: String,
    /// The IPv6 address and port for HTTPS.
    pub(crate) https6: String,
    /// The name and port of the servers.
    pub(crate) server: String,
    /// The DNS server that resolves that name.
    pub(crate) resolver: String,
    /// The folder of `fullchain.pem` and `privkey.pem`.
    pub(crate) tls: String,
    /// The folder of the maps of rejected hosts.
    pub(crate) hosts: String,
    /// The folder of the ACME challenges.
    pub(crate) acme: String,
    /// A writable folder.
    pub(crate) temp: String,
    /// The path of the access log.
    pub(crate) log: String,
    /// The rate limit per address, such as `100r/s`.
    pub(crate) rate: String,
    /// The requests beyond the rate that are accepted at once.
    pub(crate) burst: String,
    /// How long a server may take to respond.
    pub(crate) timeout: String,
}

impl Default for Values {
    /// Returns the values for the container of `deploy/compose.yaml`.
    fn default() -> Self {
        Self {
            http: "8080".to_owned(),
            https: "8443".to_owned(),
            http6: "[::]:8080".to_owned(),
            https6: "[::]:8443".to_owned(),
            server: "server:8000".to_owned(),
            resolver: "127.0.0.11".to_owned(),
            tls: "/etc/edge/tls".to_owned(),
            hosts: "/etc/edge/hosts".to_owned(),
            acme: "/var/www/acme".to_owned(),
            temp: "/tmp".to_owned(),
            log: "/dev/stdout".to_owned(),
            rate: "100r/s".to_owned(),
            burst: "200".to_owned(),
            // Above the server's `limits.request_timeout`.
            timeout: "35s".to_owned(),
        }
    }
}

/// Renders the configuration.
pub(crate) fn configuration(variant: Variant, values: &Values) -> Result<String> {
    render(&fs::read_to_string(root().join(TEMPLATE))?, variant, values)
}

fn render(template: &str, variant: Variant, values: &Values) -> Result<String> {
    let values = [
        ("@version@", variant.version()),
        ("@http@", values.http.as_str()),
        ("@https@", values.https.as_str()),
        ("@server@", values.server.as_str()),
        ("@resolver@", values.resolver.as_str()),
        ("@tls@", values.tls.as_str()),
        ("@hosts@", values.hosts.as_str()),
        ("@acme@", values.acme.as_str()),
        ("@temp@", values.temp.as_str()),
        ("@log@", values.log.as_str()),
        ("@rate@", values.rate.as_str()),
        ("@burst@", values.burst.as_str()),
        ("@timeout@", values.timeout.as_str()),
        ("@http6@", values.http6.as_str()),
        ("@https6@", values.https6.as_str()),
    ];
    let bounds = bounds::BOUNDS.map(|(name, value)| (format!("@{name}@"), value.to_string()));
    let values = bounds
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(values);
    let values: Vec<_> = values.collect();
    let mut text = String::new();
    let mut included = true;
    for line in template.lines() {
        if let Some(section) = line.strip_prefix("#@ ") {
            included = match section {
                "all" => true,
                "recent" => variant == Variant::Recent,
                "older" => variant == Variant::Older,
                other => bail!("{TEMPLATE}: unknown variant `#@ {other}`"),
            };
        } else if included {
            let line = values.iter().fold(line.to_owned(), |line, (name, value)| {
                line.replace(name, value)
            });
            if let Some(name) = placeholder(&line) {
                bail!("{TEMPLATE}: `@{name}@` has no value");
            }
            text.push_str(&line);
            text.push('\n');
        }
    }
    Ok(text)
}

/// Returns the first `@name@` of a line.
fn placeholder(line: &str) -> Option<&str> {
    let mut parts = line.split('@').skip(1).peekable();
    while let Some(part) = parts.next() {
        let name = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
        if name && parts.peek().is_some() {
            return Some(part);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_configurations_are_rendered_from_the_template() {
        for variant in [Variant::Recent, Variant::Older] {
            let text = configuration(variant, &Values::default()).unwrap();
            let file = root().join(variant.file());
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&file, &text).unwrap();
            }
            let kept = fs::read_to_string(&file).unwrap_or_default();
            assert!(
                kept == text,
                "{}: run with UPDATE_GOLDEN=1 and review the difference",
                variant.file()
            );
        }
    }

    #[test]
    fn each_variant_gets_its_lines() {
        let template = "a\n#@ recent\nb @http@\n#@ older\nc\n#@ all\nd\n";
        let values = Values::default();
        let lines = |variant| render(template, variant, &values).unwrap();
        assert_eq!(lines(Variant::Recent), "a\nb 8080\nd\n");
        assert_eq!(lines(Variant::Older), "a\nc\nd\n");
    }

    #[test]
    fn mistake_in_the_template_is_named() {
        let values = Values::default();
        let error = |template| {
            render(template, Variant::Older, &values)
                .unwrap_err()
                .to_string()
        };
        assert!(error("x @nothing@;").contains("`@nothing@` has no value"));
        assert!(error("#@ elder").contains("unknown variant `#@ elder`"));
        assert!(render("error_page 413 @413;", Variant::Older, &values).is_ok());
    }

    #[test]
    fn variant_follows_from_the_version() {
        assert_eq!(Variant::of("1.22.1-9+deb12u11"), Variant::Older);
        assert_eq!(Variant::of("1.27.3-1"), Variant::Older);
        assert_eq!(Variant::of("1.27.4-1"), Variant::Recent);
        assert_eq!(Variant::of("1.30.6-2"), Variant::Recent);
        assert_eq!(Variant::of("2.0"), Variant::Recent);
    }
}
