//! The edge's nginx configuration, written from the one template for either kind of nginx and for any place.
//!
//! In the template, a line `#@ recent`, `#@ older` or `#@ all` says who gets the lines after it, and `@name@` stands for a
//! value of the place. What the configuration says is the template's business.


use anyhow::{anyhow, Result};
use fs_err as fs;
use crate::run::{root};

/// The template, from the workspace's root.
const TEMPLATE: &str = "deploy/edge/nginx.template";

/// What an nginx can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Asks for the servers' names itself and keeps connections to them.
    Recent,
    /// Debian's.
    Older,
}

impl Variant {
    /// What a version of nginx can read, such as `1.22.1-9+deb12u11`.
    pub(crate) fn of(version: &str) -> Self {
        let upstream = version.split('-').next().unwrap_or_default();
        let mut numbers = upstream
            .split('.')
            .map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0_u32);
        match (next(), next(), next()) >= (1, 27, 4) {
            true => Self::Recent,
            false => Self::Older,
        }
    }

    /// Where its configuration is kept, from the workspace's root.
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

/// Where an edge stands: the values of the template.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Address or port for HTTP.
    pub(crate) http: String,
    /// Address or port for HTTPS.
    pub(crate) https: String,
    /// Name and port of the servers.
    pub(crate) server: String,
    /// Who is asked for that name.
    pub(crate) resolver: String,
    /// The folder of `fullchain.pem` and `privkey.pem`.
    pub(crate) tls: String,
    /// The folder of the files about hosts that are refused.
    pub(crate) hosts: String,
    /// The folder the challenges are below.
    pub(crate) acme: String,
    /// The folder nginx may write to.
    pub(crate) temp: String,
    /// Where the access log goes.
    pub(crate) log: String,
    /// Requests of one address, such as `100r/s`.
    pub(crate) rate: String,
    /// Requests beyond the rate that are taken at once.
    pub(crate) burst: String,
}

impl Default for Place {
    /// The image.
    fn default() -> Self {
        Self {
            http: "8080".to_owned(),
            https: "8443".to_owned(),
            server: "server:8000".to_owned(),
            resolver: "127.0.0.11".to_owned(),
            tls: "/etc/edge/tls".to_owned(),
            hosts: "/etc/edge/hosts".to_owned(),
            acme: "/var/www/acme".to_owned(),
            temp: "/tmp".to_owned(),
            log: "/dev/stdout".to_owned(),
            rate: "100r/s".to_owned(),
            burst: "200".to_owned(),
        }
    }
}

/// The configuration of one kind of nginx at a place.
pub(crate) fn configuration(variant: Variant, place: &Place) -> Result<String> {
    let file = root().join(TEMPLATE);
    let template = fs::read_to_string(&file)?;
    render(&template, variant, place)
}

fn render(template: &str, variant: Variant, place: &Place) -> Result<String> {
    let values = [
        ("@version@", variant.version()),
        ("@http@", &place.http),
        ("@https@", &place.https),
        ("@server@", &place.server),
        ("@resolver@", &place.resolver),
        ("@tls@", &place.tls),
        ("@hosts@", &place.hosts),
        ("@acme@", &place.acme),
        ("@temp@", &place.temp),
        ("@log@", &place.log),
        ("@rate@", &place.rate),
        ("@burst@", &place.burst),
        // An operation takes 1 MiB unless its API says otherwise, and says so best itself.
        ("@body@", "2m"),
    ];
    let mut text = String::new();
    let mut for_us = true;
    for line in template.lines() {
        if let Some(whom) = line.strip_prefix("#@ ") {
            for_us = match whom {
                "all" => true,
                "recent" => variant == Variant::Recent,
                "older" => variant == Variant::Older,
                other => {
                    let words = format!("{TEMPLATE}: `#@ {other}` is for nobody");
                    return Err(anyhow!(words));
                }
            };
        } else if for_us {
            let filled = values.iter().fold(line.to_owned(), |line, (name, value)| {
                line.replace(name, value)
            });
            if let Some(name) = unfilled(&filled) {
                return Err(anyhow!("{TEMPLATE}: `@{name}@` has no value"));
            }
            text.push_str(&filled);
            text.push('\n');
        }
    }
    Ok(text)
}

/// The first `@name@` that is left in a line.
fn unfilled(line: &str) -> Option<&str> {
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
    fn the_configurations_in_the_repository_are_those_of_the_template() {
        for variant in [Variant::Recent, Variant::Older] {
            let text = configuration(variant, &Place::default()).unwrap();
            let file = root().join(variant.file());
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::write(&file, &text).unwrap();
            }
            let kept = fs::read_to_string(&file).unwrap_or_default();
            assert!(
                kept == text,
                "{}: run with UPDATE_GOLDEN=1 and read the difference",
                variant.file()
            );
        }
    }

    #[test]
    fn each_kind_of_nginx_gets_its_own_lines() {
        let template = "a\n#@ recent\nb @http@\n#@ older\nc\n#@ all\nd\n";
        let place = Place::default();
        let lines = |variant| render(template, variant, &place).unwrap();
        assert_eq!(lines(Variant::Recent), "a\nb 8080\nd\n");
        assert_eq!(lines(Variant::Older), "a\nc\nd\n");
    }

    #[test]
    fn a_slip_in_the_template_is_named() {
        let place = Place::default();
        let slip = |template| {
            render(template, Variant::Older, &place)
                .unwrap_err()
                .to_string()
        };
        assert!(slip("x @nothing@;").contains("`@nothing@` has no value"));
        assert!(slip("#@ elder").contains("`#@ elder` is for nobody"));
        assert!(render("error_page 413 @413;", Variant::Older, &place).is_ok());
    }

    #[test]
    fn the_configuration_is_that_of_the_version() {
        assert_eq!(Variant::of("1.22.1-9+deb12u11"), Variant::Older);
        assert_eq!(Variant::of("1.27.3-1"), Variant::Older);
        assert_eq!(Variant::of("1.27.4-1"), Variant::Recent);
        assert_eq!(Variant::of("1.30.6-2"), Variant::Recent);
        assert_eq!(Variant::of("2.0"), Variant::Recent);
    }
}
