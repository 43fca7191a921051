//! The operations port: health, readiness, metrics, and the command that asks for them.

use std::{
    collections::BTreeSet,
    fs,
    io::Read,
    net::TcpListener,
    path::Path,
    time::{Duration, Instant},
};

use crate::support::{
    Folder, Server,
    http::{get, request},
    observed, output, program, wait_for_metric, wait_until,
};

#[test]
fn operations_port_serves_liveness_startup_readiness_and_version() {
    let folder = Folder::new();
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    for (path, status, body) in [
        ("/livez", 200, "alive\n"),
        ("/startupz", 200, "started\n"),
        ("/readyz", 200, "{\"checks\":{},\"status\":\"ready\"}\n"),
        (
            "/",
            404,
            "there are /livez, /readyz, /startupz, /metrics and /version\n",
        ),
    ] {
        let response = get(operations, path);
        assert_eq!((response.status, response.body.as_str()), (status, body));
        assert_eq!(response.header("cache-control"), Some("no-store"), "{path}");
    }
    let version: serde_json::Value =
        serde_json::from_str(&get(operations, "/version").body).unwrap();
    assert_eq!(version["name"], "purlin-app");
    assert_eq!(version["version"], "0.1.0");
    assert_eq!(version["registries"][0]["title"], "Greetings");

    for method in ["POST", "HEAD", "DELETE", "OPTIONS"] {
        let refused = request(operations, format!("{method} /livez HTTP/1.1"));
        assert_eq!(refused.status, 405, "{method}");
        assert_eq!(refused.header("allow"), Some("GET"));
    }
    // Nothing of it is served to the API's clients, and none of it is in the access log.
    assert_eq!(server.request("GET /readyz HTTP/1.1").status, 404);
    let log = server.stop();
    let lines = log.lines().filter(|line| line.contains("purlin::access"));
    assert_eq!(lines.count(), 1, "{log}");
}

#[test]
fn open_event_stream_ends_with_the_server_and_does_not_delay_it() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    // A test waits for less than this.
    command.env("PURLIN_HTTP__SHUTDOWN_TIMEOUT", "60");
    let server = Server::start(&mut command);
    let mut connection = server.connect();
    connection
        .write("GET /endless HTTP/1.1\r\nHost: test\r\n\r\n")
        .unwrap();
    let mut stream = connection.into_inner();
    let mut received = Vec::new();
    while !received.windows(5).any(|part| part == b"data:") {
        let mut piece = [0; 256];
        let length = stream.read(&mut piece).unwrap();
        assert!(length > 0, "the stream ended");
        received.extend_from_slice(&piece[..length]);
    }
    server.signal("TERM");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains(": the server is shutting down\n\n"), "{rest}");
    assert!(rest.ends_with("0\r\n\r\n"), "{rest:?}");
    let (status, log) = server.wait();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn draining_server_is_live_and_not_ready() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("PURLIN_HTTP__DRAIN_DELAY", "60");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    server.signal("TERM");
    let mut unready = None;
    wait_until("/readyz is not 200", || {
        unready = Some(get(operations, "/readyz")).filter(|response| response.status != 200);
        unready.is_some()
    });
    let unready = unready.unwrap();
    assert_eq!(unready.status, 503);
    assert!(unready.body.contains("draining"), "{unready:?}");
    assert_eq!(get(operations, "/livez").status, 200);
    assert_eq!(server.request("GET / HTTP/1.1").status, 200);
    let url = format!("http://{operations}/readyz");
    let (code, out, _) = output(program(&folder).args(["healthcheck", "--url", &url]));
    assert_eq!(
        (code, out),
        (Some(1), format!("not ready: {url} responded with 503\n"))
    );
    // The second signal.
    server.signal("TERM");
    assert_eq!(server.wait().0.code(), Some(1));
}

#[test]
fn metric_labels_never_contain_client_input() {
    let folder = Folder::new();
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    for (head, times) in [
        ("GET / HTTP/1.1", 3),
        ("HEAD / HTTP/1.1", 2),
        ("GET /generic_greeting HTTP/1.1", 1),
        ("GET /docs HTTP/1.1", 1),
        ("GET /no/such/1 HTTP/1.1", 1),
        ("GET /no/such/2 HTTP/1.1", 1),
        ("BREW /pot HTTP/1.1", 1),
        ("KNIT /pot HTTP/1.1", 1),
    ] {
        (0..times).for_each(|_| drop(server.request(head)));
    }
    let response = get(operations, "/metrics");
    assert_eq!(
        response.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    assert_eq!(response.header("vary"), Some("Accept"));
    let text = response.body;
    for line in [
        "purlin_http_requests_total{operation=\"get_index\",template=\"/\",method=\"GET\",status=\"200\"} 3",
        "purlin_http_requests_total{operation=\"get_index\",template=\"/\",method=\"HEAD\",status=\"200\"} 2",
        "purlin_http_requests_total{operation=\"get_generic_greeting\",template=\"/generic_greeting\",method=\"GET\",status=\"401\"} 1",
        "purlin_http_requests_total{operation=\"unmatched\",template=\"unmatched\",method=\"GET\",status=\"200\"} 1",
        "purlin_http_requests_total{operation=\"unmatched\",template=\"unmatched\",method=\"GET\",status=\"404\"} 2",
        "purlin_http_requests_total{operation=\"unmatched\",template=\"unmatched\",method=\"other\",status=\"404\"} 2",
        "purlin_http_request_duration_seconds_count{operation=\"get_index\",template=\"/\"} 5",
        "purlin_http_request_duration_seconds_bucket{operation=\"get_index\",template=\"/\",le=\"+Inf\"} 5",
        "purlin_http_requests_in_flight 0",
        "purlin_http_requests_aborted_total 0",
        "purlin_log_lines_dropped_total 0",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
    assert!(text.contains("purlin_build_info{program=\"purlin-app\",version=\"0.1.0\""));
    assert!(!text.contains("such") && !text.contains("BREW"), "{text}");
    let value = |name: &str| -> f64 {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().parse().unwrap()
    };
    if cfg!(target_os = "linux") {
        assert!(value("process_resident_memory_bytes ") > 1e6);
        assert!(value("process_open_fds ") > 3.0);
        assert!(value("process_cpu_seconds_total ") >= 0.0);
    }
    assert!(value("process_start_time_seconds ") > 1.7e9);
}

/// The lines of samples, without the order of their labels; numbers as numbers.
fn samples(text: &str) -> BTreeSet<String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let sorted = lines.map(|line| {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
        let labels = labels.trim_end_matches('}').split(',');
        let labels: BTreeSet<_> = labels.map(|label| label.replace(".0\"", "\"")).collect();
        let value: f64 = value.parse().unwrap();
        format!("{name} {labels:?} {value}")
    });
    sorted.collect()
}

#[test]
fn openmetrics_and_prometheus_text_have_the_same_samples() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("PURLIN_OPS__DURATION_BUCKETS", "0.005, 0.25, 30");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    server.request("GET / HTTP/1.1");
    let text = get(operations, "/metrics").body;
    let accept =
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    let open = request(
        operations,
        format!("GET /metrics HTTP/1.1\nAccept: {accept}"),
    );
    assert_eq!(
        open.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    let open = open.body;
    assert!(open.ends_with("# EOF\n"), "{open}");
    assert!(open.contains("# TYPE purlin_build info\n"), "{open}");
    assert!(
        open.contains("# UNIT process_cpu_seconds seconds\n"),
        "{open}"
    );
    // The other format has neither: `promtool check metrics` reads it.
    assert!(text.contains("# TYPE purlin_build_info gauge\n"), "{text}");
    assert!(
        text.contains("# TYPE purlin_http_requests_total counter\n"),
        "{text}"
    );
    assert!(
        !text.contains("# UNIT") && !text.contains("# EOF"),
        "{text}"
    );

    let is_stable = |sample: &String| !sample.starts_with("process_");
    let (text, open) = (samples(&text), samples(&open));
    let differing: Vec<_> = text.symmetric_difference(&open).collect();
    assert!(
        differing.iter().all(|sample| !is_stable(sample)),
        "{differing:?}"
    );

    let bucket = "purlin_http_request_duration_seconds_bucket ";
    let buckets: Vec<_> = text
        .iter()
        .filter(|sample| sample.starts_with(bucket) && sample.contains("get_index"))
        .collect();
    assert_eq!(buckets.len(), 4, "{buckets:?}");
    for bound in ["0.005", "0.25", "30", "+Inf"] {
        let bound = format!("le=\\\"{bound}\\\"");
        assert!(
            buckets.iter().any(|sample| sample.contains(&bound)),
            "{bound} {buckets:?}"
        );
    }
}

#[test]
fn buckets_that_make_no_histogram_are_an_error_of_the_settings() {
    let folder = Folder::new();
    let many: Vec<_> = (1..34).map(|bound| bound.to_string()).collect();
    for buckets in [
        "",
        "0.5,0.5",
        "1,0.5",
        "0",
        "-1",
        "nan",
        "100000",
        &many.join(","),
    ] {
        let mut command = observed(&folder);
        command
            .env("PURLIN_OPS__DURATION_BUCKETS", buckets)
            .env("PURLIN_HTTP__WORKERS", "0");
        let (code, _, errors) = output(&mut command);
        assert_eq!(code, Some(2), "{buckets}: {errors}");
        assert!(
            errors.contains("PURLIN_OPS__DURATION_BUCKETS"),
            "{buckets}: {errors}"
        );
        assert!(
            errors.contains("PURLIN_HTTP__WORKERS"),
            "{buckets}: {errors}"
        );
    }
}

/// Returns a file of `deploy`.
fn deployed(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy");
    fs::read_to_string(folder.join(file)).unwrap()
}

#[test]
fn dashboard_and_rules_use_existing_metrics_only() {
    let dashboard = serde_json::from_str(&deployed("grafana/purlin.json")).unwrap();
    let mut queries = Vec::new();
    collect(&dashboard, &mut queries);
    queries.push(deployed("prometheus/purlin.rules.yml"));
    let queries = queries.join("\n");
    let mut named: BTreeSet<&str> = queries
        .split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | ':'))
        .filter(|word| word.starts_with("purlin_") || word.starts_with("process_"))
        .collect();
    assert!(named.len() > 16, "{named:?}");
    // Only with readiness checks, a certificate, and a store, which have tests of their own.
    assert!(named.remove("purlin_readiness_check_success"));
    assert!(named.remove("purlin_store_calls_total"));
    assert!(named.remove("purlin_tls_certificate_expiry_timestamp_seconds"));

    let folder = Folder::new();
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations();
    server.request("GET / HTTP/1.1");
    let metrics = get(operations, "/metrics").body;
    for name in named {
        let is_sample = |line: &str| {
            line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name} "))
        };
        // One without a sample yet is announced.
        let is_announced = |line: &str| line.starts_with(&format!("# TYPE {name} "));
        assert!(
            metrics
                .lines()
                .any(|line| is_sample(line) || is_announced(line)),
            "{name} is not in\n{metrics}"
        );
    }
    // The objective of latency is a bucket.
    assert!(queries.contains("le=\"0.5\""));
    assert!(metrics.contains("le=\"0.5\"}"), "{metrics}");
}

#[test]
fn metrics_have_the_readiness_of_now() {
    let folder = Folder::new();
    let mut command = observed(&folder);
    command.env("TEST_PROGRAM", "checks");
    command.env("PURLIN_LIMITS__MAX_IN_FLIGHT", "7");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    // Nothing asks for /readyz.
    for line in [
        "purlin_ready 0",
        "purlin_readiness_check_success{check=\"cache\"} 1",
        "purlin_readiness_check_success{check=\"database\"} 0",
        "purlin_readiness_check_success{check=\"mail\"} 0",
        "purlin_http_requests_in_flight_limit 7",
    ] {
        wait_for_metric(operations, line);
    }

    let mut command = observed(&folder);
    command.env("PURLIN_HTTP__DRAIN_DELAY", "60");
    let mut server = Server::start(&mut command);
    let operations = server.operations();
    wait_for_metric(operations, "purlin_ready 1");
    let metrics = get(operations, "/metrics").body;
    assert!(
        !metrics.contains("readiness_check") && !metrics.contains("certificate"),
        "{metrics}"
    );
    server.signal("TERM");
    wait_for_metric(operations, "purlin_ready 0");
    // The second signal.
    server.signal("TERM");
    server.wait();
}

/// The texts of all members called `expr` and of the queries of variables.
fn collect(value: &serde_json::Value, queries: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if name == "expr" || name == "query" => {
                        queries.push(text.to_owned())
                    }
                    _ => collect(value, queries),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, queries)),
        _ => {}
    }
}

#[test]
fn operations_address_in_use_is_reported_with_its_setting() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = observed(&folder);
    command.env("PURLIN_OPS__BIND", &address);
    let (code, out, errors) = output(&mut command);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    let line = format!("purlin-app: cannot listen on {address}: ");
    assert!(errors.contains(&line), "{errors}");
    assert!(
        errors.contains(
            "choose another port (0 takes a free one) with the setting ops.bind, or set it to off"
        ),
        "{errors}"
    );

    // Its own API is not something else that listens there.
    let mut same = program(&folder);
    same.env("PURLIN_OPS__BIND", &address)
        .args(["--bind", &address]);
    let (code, out, errors) = output(&mut same);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    let line =
        format!("flag --bind: http.bind: the setting ops.bind has the same address, {address}; ");
    assert!(errors.contains(&line), "{errors}");

    command.env("PURLIN_OPS__BIND", "nowhere");
    let (code, _, errors) = output(&mut command);
    assert_eq!(code, Some(2));
    assert!(
        errors.contains("PURLIN_OPS__BIND: ops.bind: expected an IP address and port"),
        "{errors}"
    );
}

#[test]
fn healthcheck_uses_the_operations_port_or_else_the_api() {
    let folder = Folder::new();
    let check = |variables: &[(&str, &str)]| {
        let mut command = program(&folder);
        command.envs(variables.iter().copied()).arg("healthcheck");
        let (code, out, errors) = output(&mut command);
        assert_eq!(errors, "");
        (code, out)
    };
    let mut server = Server::start(&mut observed(&folder));
    let operations = server.operations().to_string();
    let api = server.address.to_string();

    assert_eq!(
        check(&[("PURLIN_OPS__BIND", &operations)]),
        (
            Some(0),
            format!("ready: http://{operations}/readyz responded with 200\n")
        )
    );
    assert_eq!(
        check(&[("PURLIN_OPS__BIND", "off"), ("PURLIN_HTTP__BIND", &api)]),
        (
            Some(0),
            format!("ready: http://{api}/ responded with 200\n")
        )
    );
    let (code, out) = check(&[("PURLIN_OPS__BIND", "127.0.0.1:0")]);
    assert_eq!(code, Some(1));
    assert!(out.contains("name the URL with --url"), "{out}");
    drop(server);
    let (code, out) = check(&[("PURLIN_OPS__BIND", &operations)]);
    assert_eq!(code, Some(1));
    assert!(out.starts_with("not ready: "), "{out}");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent
        .local_addr()
        .map(|address| (address, silent))
        .unwrap();
    let begun = Instant::now();
    let (code, out) = check(&[("PURLIN_OPS__BIND", &silent.0.to_string())]);
    assert_eq!(code, Some(1));
    assert!(out.contains("did not respond within 2 s"), "{out}");
    assert!(begun.elapsed() < Duration::from_secs(10));
}
