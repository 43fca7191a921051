//! Traces and metrics as a collector receives them.

mod collector;

use std::{net::TcpListener, process::Command, time::Duration};

use opentelemetry_proto::tonic::{
    metrics::v1::metric::Data,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use purlin_app::{Settings, Sources, telemetry::TraceContext};
use serde_json::Value;

use self::collector::{Collector, attribute, hex};
use crate::support::{
    Folder, Server,
    http::{Connection, get},
    listening, observed, wait_for_metric, wait_until,
};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Returns the program with handlers that have spans, which sends to a collector.
fn traced(mut command: Command, collector: &Collector) -> Command {
    command
        .env("TEST_PROGRAM", "traced")
        .env("PURLIN_TELEMETRY__ENDPOINT", collector.url())
        .env_remove("OTEL_RESOURCE_ATTRIBUTES")
        .env_remove("OTEL_SERVICE_NAME");
    command
}

/// Finds the only span of a name.
#[track_caller]
fn only<'s>(spans: &'s [Span], name: &str) -> &'s Span {
    let mut found = spans.iter().filter(|span| span.name == name);
    match (found.next(), found.next()) {
        (Some(one), None) => one,
        _ => panic!("not one span `{name}`: {:?}", names(spans)),
    }
}

fn names(spans: &[Span]) -> Vec<&str> {
    spans.iter().map(|span| span.name.as_str()).collect()
}

fn code(span: &Span) -> StatusCode {
    span.status
        .as_ref()
        .map_or(StatusCode::Unset, |it| it.code())
}

#[test]
fn a_request_is_a_span_of_the_trace_of_its_client_and_its_steps_are_children() {
    let (folder, collector) = (Folder::new(), Collector::start());
    let server = Server::start(&mut traced(listening(&folder), &collector));
    let response = server.request(format!(
        "GET /spans?secret=1 HTTP/1.1\nX-Key: secret\nUser-Agent: tests 1.0\n\
         traceparent: 00-{TRACE}-{PARENT}-01\ntracestate: a=1\ntracestate: b=2"
    ));
    let port = server.address.port().to_string();
    server.stop();

    let (spans, _) = collector.traces();
    let request = only(&spans, "GET /spans");
    assert_eq!(request.kind(), SpanKind::Server);
    assert_eq!(hex(&request.trace_id), TRACE);
    assert_eq!(hex(&request.parent_span_id), PARENT);
    assert_eq!(code(request), StatusCode::Unset);
    for (key, expected) in [
        ("http.request.method", Some("GET")),
        ("url.path", Some("/spans")),
        ("url.scheme", Some("http")),
        ("url.query", None),
        ("http.route", Some("/spans")),
        ("http.response.status_code", Some("200")),
        ("network.protocol.version", Some("1.1")),
        ("user_agent.original", Some("tests 1.0")),
        ("client.address", Some("127.0.0.1")),
        ("purlin.operation", Some("get_spans")),
        ("error.type", None),
    ] {
        let found = attribute(&request.attributes, key);
        assert_eq!(found.as_deref(), expected, "{key}");
    }
    let address = attribute(&request.attributes, "server.address").unwrap();
    let sent_port = attribute(&request.attributes, "server.port");
    assert!(!address.is_empty() && sent_port.is_none_or(|it| it == port));

    for step in ["authentication", "validation", "handler"] {
        let step = only(&spans, step);
        assert_eq!(step.parent_span_id, request.span_id, "{}", step.name);
        assert_eq!(step.kind(), SpanKind::Internal);
    }
    let query = only(&spans, "query");
    assert_eq!(query.parent_span_id, only(&spans, "handler").span_id);
    assert_eq!(attribute(&query.attributes, "rows").as_deref(), Some("7"));
    assert_eq!(query.events[0].name, "an event within the span");
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE));
    assert!(
        spans
            .iter()
            .all(|span| span.start_time_unix_nano <= span.end_time_unix_nano)
    );
    assert_eq!(spans.len(), 5, "{:?}", names(&spans));

    let carried: Value = serde_json::from_str(&response.body).unwrap();
    let expected = format!("00-{TRACE}-{}-01", hex(&query.span_id));
    assert_eq!(carried["traceparent"], expected);
    assert_eq!(carried["tracestate"], "a=1,b=2");
}

#[test]
fn spans_have_bounded_names_and_the_outcome_of_the_request() {
    let (folder, collector) = (Folder::new(), Collector::start());
    let server = Server::start(&mut traced(listening(&folder), &collector));
    server.request("GET /items/7 HTTP/1.1");
    server.request("GET /spans HTTP/1.1");
    server.request("GET /failure HTTP/1.1");
    server.request("GET /nope HTTP/1.1");
    server.request_unchecked("the method is in no document", "BREW /nope HTTP/1.1");
    let long = "a".repeat(5000);
    server.request(format!("PUT /{long} HTTP/1.1\nUser-Agent: {long}"));
    server.stop();

    let (spans, _) = collector.traces();
    let servers: Vec<_> = spans
        .iter()
        .filter(|it| it.kind() == SpanKind::Server)
        .collect();
    let found: Vec<_> = servers
        .iter()
        .map(|span| {
            let of = |key| attribute(&span.attributes, key);
            let status = of("http.response.status_code").unwrap();
            (span.name.as_str(), status, of("error.type"), code(span))
        })
        .collect();
    let unset = StatusCode::Unset;
    let expected = [
        ("GET /items/{id}", "200", None, unset),
        ("GET /spans", "401", None, unset),
        ("GET /failure", "500", Some("500"), StatusCode::Error),
        ("GET", "404", None, unset),
        ("HTTP", "404", None, unset),
        ("PUT", "404", None, unset),
    ];
    let expected = expected.map(|(name, status, error, code)| {
        (name, status.to_owned(), error.map(str::to_owned), code)
    });
    assert_eq!(found, expected);
    // A request that is not authenticated is not read.
    let rejected = &servers[1].span_id;
    let steps = spans.iter().filter(|it| it.parent_span_id == *rejected);
    assert_eq!(
        steps.map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["authentication"]
    );
    let brew = &servers[4].attributes;
    assert_eq!(
        attribute(brew, "http.request.method").as_deref(),
        Some("_OTHER")
    );
    assert_eq!(
        attribute(brew, "http.request.method_original").as_deref(),
        Some("BREW")
    );
    for key in ["url.path", "user_agent.original"] {
        let text = attribute(&servers[5].attributes, key).unwrap();
        assert_eq!(text.len(), 1024, "{key}");
    }
}

#[test]
fn a_request_without_a_response_is_a_span_with_an_error() {
    let (folder, collector) = (Folder::new(), Collector::start());
    let mut server = Server::start(&mut traced(observed(&folder), &collector));
    let operations = server.operations();
    let mut connection = server.connect();
    let head = "GET /never HTTP/1.1\r\nHost: test\r\n\r\n";
    connection.write(head).unwrap();
    wait_for_metric(operations, "purlin_http_requests_in_flight 1");
    // The connection is reset, which a server notices while it processes a request.
    let stream = connection.into_inner();
    let socket = socket2::SockRef::from(&stream);
    socket.set_linger(Some(Duration::ZERO)).unwrap();
    drop(stream);
    wait_for_metric(operations, "purlin_http_requests_in_flight 0");
    server.stop();

    let (spans, _) = collector.traces();
    let request = only(&spans, "GET");
    let of = |key| attribute(&request.attributes, key);
    assert_eq!(of("error.type").as_deref(), Some("aborted"));
    assert_eq!(of("url.path").as_deref(), Some("/never"));
    assert_eq!(of("http.response.status_code"), None);
    assert_eq!(code(request), StatusCode::Error);
}

#[test]
fn the_client_decides_whether_its_trace_is_recorded_and_the_ratio_decides_for_others() {
    let sent = |setting: (&str, &str)| {
        let (folder, collector) = (Folder::new(), Collector::start());
        let mut command = traced(listening(&folder), &collector);
        let server = Server::start(command.env(setting.0, setting.1));
        let mut carried = Vec::new();
        for header in [
            format!("traceparent: 00-{TRACE}-{PARENT}-01"),
            format!("traceparent: 00-{TRACE}-{PARENT}-00"),
            "Accept: */*".to_owned(),
        ] {
            let response = server.request(format!("GET /spans HTTP/1.1\nX-Key: secret\n{header}"));
            let body: Value = serde_json::from_str(&response.body).unwrap();
            carried.push(body["traceparent"].as_str().unwrap().to_owned());
        }
        server.stop();
        let (spans, _) = collector.traces();
        let servers = spans.iter().filter(|it| it.kind() == SpanKind::Server);
        let traces: Vec<_> = servers.map(|it| hex(&it.trace_id)).collect();
        // The steps of those that are not recorded are not recorded either.
        assert_eq!(spans.len(), traces.len() * 5);
        (traces, carried)
    };
    let is_of = |carried: &str, flags: &str| {
        carried.starts_with(&format!("00-{TRACE}-")) && carried.ends_with(flags)
    };

    let (traces, carried) = sent(("PURLIN_TELEMETRY__SAMPLE_RATIO", "0"));
    assert_eq!(traces, [TRACE]);
    assert!(
        is_of(&carried[0], "-01") && is_of(&carried[1], "-00"),
        "{carried:?}"
    );
    // A trace that is not recorded has ids all the same, which other services continue.
    assert!(
        carried[2].ends_with("-00") && !carried[2].contains(TRACE),
        "{carried:?}"
    );

    let (traces, carried) = sent(("PURLIN_TELEMETRY__SAMPLE_RATIO", "1"));
    assert_eq!(traces.len(), 2);
    assert_eq!(traces[0], TRACE);
    assert!(
        is_of(&carried[1], "-00") && carried[2].ends_with("-01"),
        "{carried:?}"
    );

    let (traces, _) = sent(("PURLIN_TELEMETRY__CONTINUE_TRACES", "false"));
    assert_eq!(traces.len(), 3);
    assert!(!traces.iter().any(|trace| trace == TRACE), "{traces:?}");
}

#[test]
fn the_process_is_named_and_credentials_are_sent() {
    let (folder, collector) = (
        Folder::with_settings(
            "[telemetry.headers]\nx-tenant = \"100% ours\"\n\
             [telemetry.resource_attributes]\n\"deployment.environment.name\" = \"tests\"\n",
        ),
        Collector::start(),
    );
    let mut command = traced(listening(&folder), &collector);
    command.env(
        "OTEL_RESOURCE_ATTRIBUTES",
        "k8s.pod.name=pod-1,deployment.environment.name=other",
    );
    let server = Server::start(&mut command);
    server.request("GET /items/7 HTTP/1.1");
    server.stop();

    let (_, resource) = collector.traces();
    for (key, expected) in [
        ("service.name", "purlin-app"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("deployment.environment.name", "tests"),
        ("k8s.pod.name", "pod-1"),
        ("telemetry.sdk.language", "rust"),
    ] {
        assert_eq!(
            attribute(&resource, key).as_deref(),
            Some(expected),
            "{key}"
        );
    }
    assert_eq!(
        attribute(&resource, "service.instance.id").unwrap().len(),
        32
    );
    let heads = collector.heads();
    assert_eq!(heads.len(), 2, "{heads:?}");
    for head in heads {
        let head = head.to_lowercase();
        assert!(head.contains("\r\nx-tenant: 100% ours\r\n"), "{head}");
        assert!(
            head.contains("\r\ncontent-type: application/x-protobuf\r\n"),
            "{head}"
        );
    }
}

#[test]
fn metrics_of_requests_follow_the_semantic_conventions() {
    let (folder, collector) = (Folder::new(), Collector::start());
    let mut command = traced(listening(&folder), &collector);
    let server = Server::start(command.env("PURLIN_TELEMETRY__SAMPLE_RATIO", "0"));
    for path in ["/items/1", "/items/2", "/failure", "/nope"] {
        server.request(format!("GET {path} HTTP/1.1"));
    }
    server.stop();

    let metrics = collector.metrics();
    let metric = |name: &str| metrics.iter().find(|it| it.name == name).unwrap();
    let durations = metric("http.server.request.duration");
    assert_eq!(durations.unit, "s");
    let Some(Data::Histogram(histogram)) = &durations.data else {
        panic!("{durations:?}")
    };
    let mut points: Vec<_> = histogram
        .data_points
        .iter()
        .map(|point| {
            let of = |key| attribute(&point.attributes, key);
            assert_eq!(of("http.request.method").as_deref(), Some("GET"));
            assert_eq!(of("url.scheme").as_deref(), Some("http"));
            assert_eq!(point.explicit_bounds.len(), 14);
            assert!(point.sum.unwrap() > 0.0);
            let status = of("http.response.status_code").unwrap();
            (of("http.route"), status, of("error.type"), point.count)
        })
        .collect();
    points.sort();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        points,
        [
            (None, "404".to_owned(), None, 1),
            (text("/failure"), "500".to_owned(), text("500"), 1),
            (text("/items/{id}"), "200".to_owned(), None, 2),
        ]
    );
    let Some(Data::Sum(active)) = &metric("http.server.active_requests").data else {
        panic!("{metrics:?}")
    };
    assert!(!active.is_monotonic);
    assert_eq!(active.data_points.len(), 1);
    let (spans, _) = collector.traces();
    assert!(spans.is_empty());
}

#[test]
fn lines_of_the_log_have_the_ids_of_the_span() {
    let (folder, collector) = (Folder::new(), Collector::start());
    let mut command = traced(listening(&folder), &collector);
    let server = Server::start(command.env("PURLIN_LOG__FORMAT", "json"));
    let response = server.request("GET /spans HTTP/1.1\nX-Key: secret\nX-Request-Id: abc");
    let log = server.stop();
    let (spans, _) = collector.traces();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let line = |message: &str| {
        let mut found = lines
            .iter()
            .filter(|it| it["message"].as_str().unwrap().starts_with(message));
        found
            .next()
            .unwrap_or_else(|| panic!("no line `{message}`: {log}"))
    };
    let (request, query) = (only(&spans, "GET /spans"), only(&spans, "query"));
    for (line, span) in [
        (line("GET /spans"), request),
        (line("a record within the span"), query),
        (line("an event within the span"), query),
    ] {
        assert_eq!(line["trace_id"], hex(&request.trace_id), "{line}");
        assert_eq!(line["span_id"], hex(&span.span_id), "{line}");
        assert_eq!(line["request_id"], "abc", "{line}");
    }
    assert_eq!(line("an event within the span")["count"], "42");
    assert!(response.body.contains(&hex(&query.span_id)));
    assert_eq!(line("SIGTERM")["trace_id"], Value::Null);
}

#[test]
fn without_a_collector_spans_are_neither_logged_nor_carried() {
    let folder = Folder::new();
    let server = Server::start(
        listening(&folder)
            .env("TEST_PROGRAM", "traced")
            .env("PURLIN_LOG__LEVEL", "debug"),
    );
    let head = format!("GET /spans HTTP/1.1\nX-Key: secret\ntraceparent: 00-{TRACE}-{PARENT}-01");
    let response = server.request(head);
    let log = server.stop();
    assert_eq!(response.body, "{\"traceparent\":null,\"tracestate\":null}");
    let at = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert_eq!(at("an event within the span count=42"), 1, "{log}");
    assert_eq!(
        at("query") + at("tracing::span") + at("span_id"),
        0,
        "{log}"
    );
    // Records of actix, which reports to `tracing`.
    assert!(at("actix_server") > 0, "{log}");
    // As the client sent it.
    assert_eq!(at(TRACE), 1, "{log}");
}

#[test]
fn a_collector_that_does_not_respond_delays_nothing_and_is_logged_once() {
    // It accepts connections, and reads nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let folder = Folder::new();
    let mut server = Server::start(
        observed(&folder)
            .env("TEST_PROGRAM", "traced")
            .env("PURLIN_TELEMETRY__ENDPOINT", &url)
            .env("PURLIN_LOG__LEVEL", "warn")
            .env("PURLIN_TELEMETRY__TIMEOUT", "1")
            .env("PURLIN_TELEMETRY__QUEUE", "8")
            .env("OTEL_BSP_SCHEDULE_DELAY", "1"),
    );
    let operations = server.operations();
    let metric = |name: &str| -> u64 {
        let metrics = get(operations, "/metrics").body;
        let line = metrics.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("{metrics}"))
            .trim()
            .parse()
            .unwrap()
    };
    let mut connection = Connection::open(server.address);
    let dropped = "purlin_telemetry_spans_total{outcome=\"dropped\"}";
    wait_until("spans are dropped and requests fail", || {
        assert_eq!(connection.get("/items/7").unwrap().status, 200);
        metric(dropped) > 0 && metric("purlin_telemetry_requests_failed_total") > 1
    });
    assert_eq!(
        metric("purlin_telemetry_spans_total{outcome=\"exported\"}"),
        0
    );
    drop(connection);
    server.signal("TERM");
    let (status, log) = server.wait();
    assert!(status.success(), "{log}");
    let at = |text: &str| log.lines().filter(|line| line.contains(text)).count();
    assert_eq!(
        at(&format!("traces and metrics cannot be sent to {url}")),
        1,
        "{log}"
    );
    assert_eq!(
        at("the last traces or metrics could not be sent"),
        1,
        "{log}"
    );
}

#[test]
fn settings_of_telemetry_are_checked_and_no_error_shows_credentials() {
    let errors = |name: &str, value: &str| -> String {
        let mut sources = Sources::new("purlin");
        sources
            .environment
            .push((format!("PURLIN_TELEMETRY__{name}").into(), value.into()));
        let settings = Settings::new(&sources);
        settings.errors().iter().map(ToString::to_string).collect()
    };
    for (name, value, expected) in [
        ("SAMPLE_RATIO", "1.5", "a number from 0 to 1"),
        ("SAMPLE_RATIO", "-0.1", "a number from 0 to 1"),
        (
            "ENDPOINT",
            "127.0.0.1:4318",
            "a URL such as http://127.0.0.1:4318",
        ),
        (
            "ENDPOINT",
            "grpc://collector:4317",
            "a URL such as http://127.0.0.1:4318",
        ),
        (
            "ENDPOINT",
            "https://ada:s3cret@collector",
            "telemetry.headers",
        ),
        ("HEADERS__A B", "s3cret", "the name of a header field"),
        (
            "HEADERS__AUTHORIZATION",
            "s3cret\n",
            "cannot be sent in a header field",
        ),
    ] {
        let errors = errors(name, value);
        assert!(errors.contains(expected), "{name}={value}: {errors}");
        assert!(!errors.contains("s3cret"), "{errors}");
    }
    for (name, value) in [
        ("ENDPOINT", ""),
        ("ENDPOINT", "https://collector.example/otlp/"),
        ("SAMPLE_RATIO", "0.01"),
        ("HEADERS__AUTHORIZATION", "Bearer s3cret"),
    ] {
        assert_eq!(errors(name, value), "", "{name}={value}");
    }
}

#[test]
fn there_is_no_trace_outside_of_a_request() {
    assert_eq!(TraceContext::current(), None);
}
