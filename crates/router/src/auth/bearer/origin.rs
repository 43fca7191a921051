//! Where a key set is loaded from: a file, or a URL.

use std::{fs::File, io::Read, path::PathBuf, sync::Arc};

use super::{
    error::JwtKeysError,
    key::{Key, read},
};

/// The largest key set that is read, in bytes: a hundred keys with their
/// certificates.
const MAX_BYTES: u64 = 512 * 1024;

/// The origin of a key set.
pub(super) enum Origin {
    File(PathBuf),
    #[cfg(feature = "jwks-url")]
    Url(url::Fetched),
}

impl Origin {
    #[cfg(feature = "jwks-url")]
    pub(super) fn url(url: &str) -> Result<Self, JwtKeysError> {
        url::Fetched::new(url).map(Self::Url)
    }

    /// Loads the keys; blocks.
    pub(super) fn load(&self) -> Result<Arc<[Key]>, JwtKeysError> {
        match self {
            Self::File(path) => read_file(path),
            #[cfg(feature = "jwks-url")]
            Self::Url(url) => url.fetch(),
        }
    }
}

fn read_file(path: &PathBuf) -> Result<Arc<[Key]>, JwtKeysError> {
    let read_text = || {
        let mut text = String::new();
        let file = File::open(path)?;
        file.take(MAX_BYTES + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read_text().map_err(|source| JwtKeysError::File {
        path: path.clone(),
        source,
    })?;
    let origin = path.display().to_string();
    if text.len() as u64 > MAX_BYTES {
        let reason = format!("it is larger than {MAX_BYTES} bytes");
        return Err(JwtKeysError::Jwks { origin, reason });
    }
    read(&text, &origin)
}

#[cfg(feature = "jwks-url")]
mod url {
    //! Fetches key sets.

    use std::{net::IpAddr, sync::Arc, time::Duration};

    use ureq::{Agent, http::Uri};

    use super::{Key, MAX_BYTES, read};
    use crate::auth::bearer::error::JwtKeysError;

    /// The time limit of each phase of a fetch.
    ///
    /// There is none for the whole: to bound the lookup of a name as well, ureq would
    /// start a thread for each, and the system's resolver has its own limits.
    const PHASE_TIMEOUT: Duration = Duration::from_secs(3);

    /// A URL whose key set is fetched.
    pub(in super::super) struct Fetched {
        uri: Uri,
        agent: Agent,
    }

    impl Fetched {
        pub(super) fn new(url: &str) -> Result<Self, JwtKeysError> {
            let (uri, is_local) = parse(url).map_err(|reason| JwtKeysError::Url {
                url: without_user(url),
                reason,
            })?;
            let mut config = Agent::config_builder()
                .https_only(!is_local)
                .max_redirects(0)
                .http_status_as_error(false)
                .max_idle_connections(0)
                .accept("application/jwk-set+json, application/json, */*;q=0.1")
                .timeout_connect(Some(PHASE_TIMEOUT))
                .timeout_send_request(Some(PHASE_TIMEOUT))
                .timeout_recv_response(Some(PHASE_TIMEOUT))
                .timeout_recv_body(Some(PHASE_TIMEOUT));
            if is_local {
                config = config.proxy(None);
            }
            Ok(Self {
                uri,
                agent: config.build().into(),
            })
        }

        pub(super) fn fetch(&self) -> Result<Arc<[Key]>, JwtKeysError> {
            let origin = self.uri.to_string();
            match self.fetch_text() {
                Ok(text) => read(&text, &origin),
                Err(reason) => Err(JwtKeysError::Jwks { origin, reason }),
            }
        }

        fn fetch_text(&self) -> Result<String, String> {
            let response = self.agent.get(self.uri.clone()).call();
            let mut response = response.map_err(|error| error.to_string())?;
            let status = response.status();
            if status.is_redirection() {
                let remedy = "redirects are not followed; use the URL that it leads to";
                return Err(format!("the response has the status {status}; {remedy}"));
            }
            if status != 200 {
                return Err(format!("the response has the status {status}, not 200"));
            }
            let body = response.body_mut().with_config().limit(MAX_BYTES);
            body.read_to_string().map_err(|error| error.to_string())
        }
    }

    /// Parses a URL that keys may be fetched from, and returns whether it is on this
    /// machine; or what is wrong with it.
    fn parse(url: &str) -> Result<(Uri, bool), String> {
        let remedy = "use a URL such as `https://id.example/jwks`";
        let uri: Uri = url.parse().map_err(|error| format!("{error}; {remedy}"))?;
        let Some(authority) = uri.authority() else {
            return Err(format!("it has no host; {remedy}"));
        };
        let host = authority.host();
        if authority.as_str().contains('@') {
            let reason = "it has a user name or password before its host";
            return Err(format!("{reason} `{host}`; leave them out"));
        }
        let has_port = authority.port_u16().is_some();
        if host.is_empty() || !has_port && authority.as_str() != host {
            return Err(format!("its host or its port is invalid; {remedy}"));
        }
        match uri.scheme_str() {
            Some("https") => Ok((uri, false)),
            Some("http") if is_loopback(host) => Ok((uri, true)),
            _ => Err(
                "its keys could be replaced on the way; use https, or http with a loopback address"
                    .to_owned(),
            ),
        }
    }

    fn is_loopback(host: &str) -> bool {
        let address = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let address: Result<IpAddr, _> = address.unwrap_or(host).parse();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
    }

    /// Returns a URL for an error message, which may be logged.
    fn without_user(url: &str) -> String {
        match (url.split_once("://"), url.rsplit_once('@')) {
            (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://{rest}"),
            (None, Some((_, rest))) => rest.to_owned(),
            (_, None) => url.to_owned(),
        }
    }
}
