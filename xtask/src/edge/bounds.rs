//! What clients can make the edge hold, and the resources of its container.
//!
//! The numbers are written into the configuration, and a test adds them up: the sum must fit what `deploy/compose.yaml` gives
//! the container.

/// Worker processes.
const WORKERS: usize = 4;

/// Connections of a worker process, those to servers included.
const CONNECTIONS: usize = 384;

/// Streams of a connection of HTTP/2.
const STREAMS: usize = 16;

/// Buffers for long header lines.
const LINES: usize = 2;

/// KiB of such a buffer, and so of a header line.
const LINE: usize = 12;

/// KiB of a body in memory; the rest of it is in a file.
const BUFFER: usize = 32;

/// MiB of a body. Above the default limit of an operation, 1 MiB, so that the server rejects the body itself.
const BODY: usize = 2;

/// Concurrent requests of one client.
const CONCURRENT: usize = 40;

/// Concurrent requests of all clients.
const REQUESTS: usize = 1000;

/// The numbers by their names in the template.
pub(super) const BOUNDS: [(&str, usize); 9] = [
    ("workers", WORKERS),
    ("connections", CONNECTIONS),
    ("streams", STREAMS),
    ("lines", LINES),
    ("line", LINE),
    ("buffer", BUFFER),
    ("body", BODY),
    ("concurrent", CONCURRENT),
    ("requests", REQUESTS),
];

/// MiB of the container's `/tmp`, where bodies are buffered.
pub(super) const TMPFS: usize = 192;

// One client leaves room for the bodies of others, and is not rejected if it uses one connection as it may.
const _: () = assert!(2 * CONCURRENT * BODY <= TMPFS);
const _: () = assert!(STREAMS < CONCURRENT && CONCURRENT < REQUESTS);

#[cfg(test)]
mod tests {
    use fs_err as fs;

    use super::*;
    use crate::run::root;

    /// KiB of an idle TLS connection, measured with nginx 1.22.
    const CONNECTION: usize = 15;

    /// KiB of a request whose head is complete: `client_header_buffer_size` and the long lines.
    const HEAD: usize = 2 + LINES * LINE;

    /// KiB of the proxy buffers of a request.
    const PROXY: usize = 32;

    /// MiB of the processes themselves and of all shared zones in full.
    const PROCESSES: usize = 60;

    fn compose() -> String {
        fs::read_to_string(root().join("deploy/compose.yaml")).unwrap()
    }

    #[test]
    fn container_has_the_space_for_bodies() {
        let size = format!("/tmp:size={TMPFS}m,");
        assert!(compose().contains(&size), "compose.yaml has no {size}");
    }

    /// The worst case: every stream of every connection has a head of the largest size and cannot send its response, since
    /// the client accepts none.
    #[test]
    fn everything_clients_can_hold_fits_the_memory_of_the_container() {
        let connections = WORKERS * CONNECTIONS * (CONNECTION + STREAMS * HEAD);
        let requests = REQUESTS * (BUFFER + PROXY);
        let sum = PROCESSES + TMPFS + (connections + requests) / 1024;
        let compose = compose();
        let (_, edge) = compose.split_once("\n  edge:").unwrap();
        let (_, limit) = edge.split_once("mem_limit: ").unwrap();
        let (limit, _) = limit.split_once("m\n").unwrap();
        let limit: usize = limit.parse().unwrap();
        assert!(sum <= limit, "{sum} MiB of {limit} MiB");
        let docs = fs::read_to_string(root().join("docs/deploy.md")).unwrap();
        let stated = format!("{sum} MiB of {limit} MiB");
        assert!(
            docs.contains(&stated),
            "docs/deploy.md does not say {stated}"
        );
    }
}
