//! A collector of OpenTelemetry that keeps what it receives: OTLP over HTTP, with the official types.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use opentelemetry_proto::tonic::{
    collector::{metrics::v1::ExportMetricsServiceRequest, trace::v1::ExportTraceServiceRequest},
    common::v1::{KeyValue, any_value::Value},
    metrics::v1::Metric,
    trace::v1::Span,
};

/// A request that was received.
struct Received {
    /// The request line and the header fields.
    head: String,
    body: Vec<u8>,
}

/// A collector on a free port.
pub struct Collector {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let shared = Arc::clone(&received);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let received = Arc::clone(&shared);
                thread::spawn(move || receive(stream.unwrap(), &received));
            }
        });
        Self { address, received }
    }

    /// Returns the URL for the settings.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the heads of all requests.
    pub fn heads(&self) -> Vec<String> {
        let received = self.received.lock().unwrap();
        received
            .iter()
            .map(|request| request.head.clone())
            .collect()
    }

    fn bodies<M: prost::Message + Default>(&self, path: &str) -> Vec<M> {
        let line = format!("POST {path} HTTP/1.1");
        let received = self.received.lock().unwrap();
        let bodies = received.iter().filter(|it| it.head.starts_with(&line));
        bodies.map(|it| M::decode(&it.body[..]).unwrap()).collect()
    }

    /// Returns all spans, and the attributes of the process that sent them.
    pub fn traces(&self) -> (Vec<Span>, Vec<KeyValue>) {
        let (mut spans, mut resource) = (Vec::new(), Vec::new());
        for request in self.bodies::<ExportTraceServiceRequest>("/v1/traces") {
            for of_resource in request.resource_spans {
                resource = of_resource.resource.unwrap().attributes;
                spans.extend(of_resource.scope_spans.into_iter().flat_map(|it| it.spans));
            }
        }
        (spans, resource)
    }

    /// Returns the metrics that were sent last.
    pub fn metrics(&self) -> Vec<Metric> {
        let last = self
            .bodies::<ExportMetricsServiceRequest>("/v1/metrics")
            .pop()
            .unwrap();
        let scopes = last
            .resource_metrics
            .into_iter()
            .flat_map(|it| it.scope_metrics);
        scopes.flat_map(|it| it.metrics).collect()
    }
}

/// Receives the requests of a connection.
fn receive(stream: TcpStream, received: &Mutex<Vec<Received>>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if stream.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            value.trim().parse().ok().filter(|_| is_length)
        });
        let mut body = vec![0; length.unwrap()];
        stream.read_exact(&mut body).unwrap();
        received.lock().unwrap().push(Received { head, body });
        let response = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        stream.get_mut().write_all(response).unwrap();
    }
}

/// Returns an attribute as text.
pub fn attribute(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|it| it.key == key)?;
    Some(match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(value) => value.to_string(),
        other => panic!("{key} is {other:?}"),
    })
}

/// Returns an id as hexadecimal digits.
pub fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}
