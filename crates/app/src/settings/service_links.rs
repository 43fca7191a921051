//! Environment variables that Kubernetes and Docker inject for a service or a linked container.
//!
//! A service named `billing` puts `BILLING_SERVICE_HOST`, `BILLING_PORT_8000_TCP_ADDR` and so on into the environment of
//! every container of its namespace; a Docker link with that alias adds `BILLING_NAME` and `BILLING_ENV_…`. They have the
//! prefix of settings and are none.

use std::{ffi::OsStr, net::IpAddr};

/// Returns whether a variable is such a link. `key` is its name without the prefix; the names of the links of other services
/// that begin with the prefix, such as `BILLING_EDGE_PORT`, are recognised as well.
///
/// The value has to look like that of a link: `BILLING_PORT=8000` is a misspelt setting, `BILLING_PORT=tcp://10.0.0.1:8000`
/// is a link.
pub(super) fn is_service_link(key: &str, value: &OsStr) -> bool {
    if key.starts_with("ENV_") && !key.starts_with("ENV__") {
        return true;
    }
    let Some(value) = value.to_str() else {
        return false;
    };
    if key.contains("__") {
        return false;
    }
    let key = format!("_{key}");
    if key.ends_with("_SERVICE_HOST") {
        return is_host(value);
    }
    if key.ends_with("_SERVICE_PORT") || key.contains("_SERVICE_PORT_") {
        return is_port(value);
    }
    if key.ends_with("_NAME") {
        return is_container(value);
    }
    is_url(value) && key.ends_with("_PORT") || is_port_variable(&key, value)
}

/// Returns whether the variable is one of `…_PORT_80_TCP`, `…_PORT_80_TCP_PROTO`, `…_PORT_80_TCP_PORT` and
/// `…_PORT_80_TCP_ADDR`.
fn is_port_variable(key: &str, value: &str) -> bool {
    let (key, has_value) = match key.rsplit_once('_') {
        Some((key, "PROTO")) => (key, is_protocol(value)),
        Some((key, "PORT")) => (key, is_port(value)),
        Some((key, "ADDR")) => (key, is_host(value)),
        _ => (key, is_url(value)),
    };
    let mut parts = key.rsplit('_');
    has_value
        && parts.next().is_some_and(is_protocol)
        && parts.next().is_some_and(is_port)
        && parts.next() == Some("PORT")
}

fn is_host(value: &str) -> bool {
    value == "None" || value.parse::<IpAddr>().is_ok()
}

fn is_port(value: &str) -> bool {
    value.parse::<u16>().is_ok()
}

fn is_protocol(value: &str) -> bool {
    matches!(value.to_ascii_lowercase().as_str(), "tcp" | "udp" | "sctp")
}

fn is_url(value: &str) -> bool {
    let scheme = value.split_once("://").map(|(scheme, _)| scheme);
    scheme.is_some_and(is_protocol)
}

/// A link names both containers: `/web/billing`.
fn is_container(value: &str) -> bool {
    value
        .strip_prefix('/')
        .is_some_and(|rest| rest.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::is_service_link;

    #[test]
    fn links_of_kubernetes_and_docker_are_recognised() {
        for (key, value) in [
            ("SERVICE_HOST", "10.0.0.1"),
            ("SERVICE_HOST", "fd00::1"),
            ("SERVICE_PORT", "8000"),
            ("SERVICE_PORT_HTTP", "8000"),
            ("PORT", "tcp://10.0.0.1:8000"),
            ("PORT_80_TCP", "tcp://10.0.0.1:80"),
            ("PORT_80_TCP_PROTO", "tcp"),
            ("PORT_80_TCP_PORT", "80"),
            ("PORT_80_TCP_ADDR", "10.0.0.1"),
            ("PORT_53_UDP_ADDR", "10.0.0.1"),
            ("EDGE_PORT_8000_TCP_ADDR", "10.0.0.1"),
            ("EDGE_SERVICE_HOST", "10.0.0.1"),
            ("NAME", "/web/billing"),
            ("ENV_PATH", "/usr/bin"),
        ] {
            assert!(is_service_link(key, value.as_ref()), "{key}={value}");
        }
    }

    #[test]
    fn settings_and_misspelt_settings_are_not_links() {
        for (key, value) in [
            ("HTTP__BIND", "127.0.0.1:80"),
            ("HTTP__BNID", "127.0.0.1:80"),
            ("HTP__BIND", "127.0.0.1:80"),
            ("HTTP_BIND", "127.0.0.1:80"),
            ("PORT", "8000"),
            ("HTTP_PORT", "8000"),
            ("NAME", "billing"),
            ("SERVICE_HOST", "billing.example.org"),
            ("ENV__PATH", "/usr/bin"),
            ("PORT_X_TCP", "tcp://10.0.0.1:80"),
        ] {
            assert!(!is_service_link(key, value.as_ref()), "{key}={value}");
        }
    }
}
