//! Compares the responses of processes with their documents: what `openapi` prints for the settings that a process was started
//! with.
//!
//! Every response that the clients of `http` read is compared, if its path belongs to a registry of the process. Those that
//! actix-web sends by itself, in no error style and often without a body, are requested with a reason not to:
//! `Connection::unchecked`, `request_unchecked`.

use std::{
    collections::HashMap,
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use purlin_app::router::schemas::{Location, SchemaWithDefinitions, Validator};
use serde_json::Value;

use super::http::Response;

/// The processes that listen, by the address of their API.
static PROCESSES: OnceLock<Mutex<HashMap<SocketAddr, Arc<Process>>>> = OnceLock::new();

/// What prints the documents of a process.
struct Process {
    command: Mutex<Command>,
    documents: OnceLock<Vec<Value>>,
}

/// A request whose response is compared.
#[derive(Debug)]
pub struct Sent {
    method: String,
    target: String,
}

impl Sent {
    /// Reads the requests in what is sent at once. A request that is sent in parts is one if its head is whole.
    pub fn all_in(bytes: &[u8]) -> Vec<Self> {
        let mut requests = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
            let Ok(head) = str::from_utf8(&rest[..end]) else {
                break;
            };
            let mut lines = head.split("\r\n");
            let mut line = lines.next().unwrap_or_default().split(' ');
            let (Some(method), Some(target), Some(version), None) =
                (line.next(), line.next(), line.next(), line.next())
            else {
                break;
            };
            if !version.starts_with("HTTP/1.") {
                break;
            }
            requests.push(Self {
                method: method.to_owned(),
                target: target.to_owned(),
            });
            let length = lines.find_map(|line| {
                let (name, value) = line.split_once(':')?;
                let is_length = name.eq_ignore_ascii_case("content-length");
                value.trim().parse().ok().filter(|_| is_length)
            });
            let begin: usize = end + 4 + length.unwrap_or(0_usize);
            rest = rest.get(begin..).unwrap_or_default();
        }
        requests
    }
}

/// Notes that a process which was started with a command listens at an address.
pub fn started(address: SocketAddr, command: &Command) {
    if address.port() == 0 {
        return;
    }
    let mut print = Command::new(command.get_program());
    let serving = ["serve", "mock"];
    let arguments = command.get_args();
    print.args(arguments.filter(|argument| !serving.iter().any(|it| *it == *argument)));
    print.arg("openapi").stdin(Stdio::null());
    if let Some(folder) = command.get_current_dir() {
        print.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => print.env(name, value),
            None => print.env_remove(name),
        };
    }
    let process = Process {
        command: Mutex::new(print),
        documents: OnceLock::new(),
    };
    let processes = PROCESSES.get_or_init(Mutex::default);
    let mut processes = processes.lock().unwrap_or_else(PoisonError::into_inner);
    processes.insert(address, Arc::new(process));
}

impl Process {
    fn documents(&self) -> &[Value] {
        self.documents.get_or_init(|| {
            let mut command = self.command.lock().unwrap_or_else(PoisonError::into_inner);
            let output = command.output().unwrap();
            if output.status.success() {
                return vec![serde_json::from_slice(&output.stdout).unwrap()];
            }
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            let Some((_, names)) = errors.split_once("name one with --registry ") else {
                assert!(errors.contains("there is no registry"), "{errors}");
                return Vec::new();
            };
            let names: Vec<_> = names.split('`').skip(1).step_by(2).collect();
            command.arg("--registry");
            let documents = names.into_iter().map(|name| {
                let mut one = Command::new(command.get_program());
                one.args(command.get_args()).arg(name);
                for (name, value) in command.get_envs() {
                    match value {
                        Some(value) => one.env(name, value),
                        None => one.env_remove(name),
                    };
                }
                if let Some(folder) = command.get_current_dir() {
                    one.current_dir(folder);
                }
                serde_json::from_slice(&one.output().unwrap().stdout).unwrap()
            });
            documents.collect()
        })
    }
}

/// Fails the test if the document of the process at an address does not have a response to a request.
#[track_caller]
pub fn check(address: SocketAddr, request: &Sent, response: &Response) {
    let processes = PROCESSES.get_or_init(Mutex::default);
    let processes = processes.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(process) = processes.get(&address).cloned() else {
        return;
    };
    drop(processes);
    let is_head = request.method == "HEAD";
    let method = if is_head { "GET" } else { &request.method };
    for document in process.documents() {
        let operation = operation(document, &method.to_lowercase(), &request.target);
        if let Some(operation) = operation
            && let Err(difference) = compare(document, operation, response, is_head)
        {
            let Sent { method, target } = request;
            panic!(
                "{method} {target}: the response is not in the document, {difference}:\n{}\n\n{}",
                response.head, response.body
            );
        }
    }
}

/// Returns the operation of a request, if a path of the document matches.
fn operation<'d>(document: &'d Value, method: &str, target: &str) -> Option<&'d Value> {
    // The target may be absolute (RFC 9112 section 3.2.2).
    let path = match target.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |slash| &rest[slash..]),
        None => target,
    };
    let path = path.split(['?', '#']).next()?;
    let paths = document.get("paths")?.as_object()?;
    let matching = paths.iter().filter(|(template, _)| {
        let (mut segments, mut parts) = (path.split('/'), template.split('/'));
        loop {
            match (segments.next(), parts.next()) {
                (None, None) => return true,
                (Some(segment), Some(part)) if part.contains('{') && !segment.is_empty() => {}
                (Some(segment), Some(part)) if segment == part => {}
                _ => return false,
            }
        }
    });
    // Literal segments take precedence.
    let (_, item) = matching.min_by_key(|(template, _)| template.matches('{').count())?;
    item.get(method)
}

fn resolved<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let reference = value.get("$ref").and_then(Value::as_str);
    let pointer = reference.and_then(|reference| reference.strip_prefix('#'));
    pointer.map_or(value, |pointer| document.pointer(pointer).unwrap())
}

/// Returns a schema with those it refers to in place.
fn inlined(document: &Value, schema: &Value) -> Value {
    let schema = resolved(document, schema);
    match schema {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), inlined(document, member)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| inlined(document, item)).collect(),
        value => value.clone(),
    }
}

fn compare(
    document: &Value,
    operation: &Value,
    response: &Response,
    is_head: bool,
) -> Result<(), String> {
    let status = response.status.to_string();
    let documented = operation["responses"].get(&status);
    let documented = documented.ok_or("whose statuses are others".to_owned())?;
    let documented = resolved(document, documented);
    let headers = documented.get("headers").and_then(Value::as_object);
    for (name, header) in headers.into_iter().flatten() {
        let is_required = resolved(document, header)["required"] == true;
        if is_required && response.header(name).is_none() {
            return Err(format!("which requires `{name}`"));
        }
    }
    let Some(content) = documented.get("content").and_then(Value::as_object) else {
        return match response.bytes.is_empty() || is_head {
            true => Ok(()),
            false => Err("which has no body".to_owned()),
        };
    };
    let media_type = response.header("content-type").unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let Some(content) = content.get(media_type).or(content.get("*/*")) else {
        return Err(format!("where the media type is not `{media_type}`"));
    };
    let is_plain = response.header("content-encoding").is_none()
        && response.header("transfer-encoding").is_none();
    if is_head || !is_plain || !media_type.ends_with("json") {
        return Ok(());
    }
    let body = serde_json::from_slice(&response.bytes)
        .map_err(|error| format!("and its body is not JSON: {error}"))?;
    let schema = SchemaWithDefinitions::inline(inlined(document, &content["schema"]));
    let validator = Validator::from_schema(&schema).unwrap();
    let violations = validator.validate(Location::Body, &body);
    match violations.is_empty() {
        true => Ok(()),
        false => Err(format!("whose schema it breaks: {violations}")),
    }
}
