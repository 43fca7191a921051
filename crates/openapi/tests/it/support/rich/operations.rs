//! The operations of the rich document.

use purlin_openapi::{
    Document, Encoding, Example, ExternalDocs, Header, Link, MediaType, Method, Operation,
    Parameter, ParameterLocation, ParameterStyle, RequestBody, Response, Schema,
    SecurityRequirement, Server,
};
use serde_json::{Value, json};

pub fn add(document: &mut Document) {
    document.operation("/lists/{list}/todos", Method::Get, list_todos());
    document.operation("/lists/{list}/todos", Method::Post, add_todo());
    document.operation("/files", Method::Post, upload());
    document.operation("/files/{name}", Method::Get, download());
    document.operation("/files/{name}", Method::Put, replace());
    document.operation("/login", Method::Post, login());
    document.operation("/events", Method::Get, events());
    document.operation("/admin", Method::Delete, reset());
    document.operation("/elsewhere", Method::Get, elsewhere());
    document.operation("/trace", Method::Trace, traced());
}

fn operation(name: &str, tag: &str) -> Operation {
    let mut operation = Operation::new(name);
    operation.summary = Some(format!("{} a thing", name.split('_').next().unwrap()));
    operation.description = Some("As it says.".to_owned());
    operation.tags.push(tag.to_owned());
    let mut problem = Response::new("What went wrong.");
    let body = MediaType::new(Schema::reference("Problem"));
    problem
        .content
        .insert("application/problem+json".to_owned(), body);
    operation.responses.insert("400".to_owned(), problem);
    operation
}

fn parameter(name: &str, location: ParameterLocation, schema: Value) -> Parameter {
    let mut parameter = Parameter::new(name, location, Schema(schema));
    parameter.description = Some(format!("The {name}."));
    parameter
}

fn list() -> Parameter {
    parameter(
        "list",
        ParameterLocation::Path,
        json!({"type": "string", "pattern": "^[a-z]+$"}),
    )
}

fn list_todos() -> Operation {
    use ParameterLocation::{Cookie, Header as InHeader, Query};
    let mut operation = operation("list_todos", "todos")
        .external_docs(ExternalDocs::new("https://todos.test/list"));
    operation.deprecated = true;
    operation.extensions.insert("x-cached", 60).unwrap();
    let mut ids = parameter(
        "ids",
        Query,
        json!({"type": "array", "items": {"type": "integer", "exclusiveMinimum": 0}}),
    );
    ids.style = Some(ParameterStyle::Form);
    ids.explode = Some(false);
    let sizes =
        json!({"type": "array", "items": {"$ref": "#/components/schemas/Size"}, "maxItems": 3});
    let mut filter = parameter(
        "filter",
        Query,
        json!({"$ref": "#/components/schemas/Filter"}),
    );
    filter.style = Some(ParameterStyle::DeepObject);
    filter.explode = Some(true);
    filter.required = true;
    let limit =
        json!({"type": ["integer", "null"], "format": "uint32", "minimum": 1, "maximum": 100});
    operation.parameters = vec![
        list(),
        ids,
        parameter("size", Query, sizes),
        filter,
        parameter("limit", Query, limit).example(10),
        parameter(
            "order",
            Query,
            json!({"$ref": "#/components/schemas/Priority"}),
        )
        .named_example(
            "soon",
            Example::new("high")
                .summary("Soon.")
                .description("The first first."),
        ),
        parameter("X-Client", InHeader, json!({"type": "string"})),
        parameter("theme", Cookie, json!({"type": "string"})),
    ];
    let mut todos = Response::new("Todos.");
    let schema = json!({"type": "array", "items": {"$ref": "#/components/schemas/Todo"}});
    todos.content.insert(
        "application/json".to_owned(),
        MediaType::new(Schema(schema)).example(json!([])),
    );
    todos.content.insert(
        "text/csv".to_owned(),
        MediaType::new(Schema(json!({"type": "string"}))),
    );
    let mut total = Header::new(Schema(json!({"type": "integer"}))).example(3);
    total.description = Some("How many there are.".to_owned());
    total.required = true;
    todos.headers.insert("X-Total".to_owned(), total);
    let mut old = Header::new(Schema(
        json!({"type": "array", "items": {"type": "string"}}),
    ));
    old = old.named_example("two", Example::new(json!(["a", "b"])));
    old.deprecated = true;
    todos.headers.insert("X-Old".to_owned(), old);
    operation.responses.insert("200".to_owned(), todos);
    operation
        .responses
        .insert("5XX".to_owned(), Response::new("The server failed."));
    operation.security = Some(vec![
        SecurityRequirement::new("oauth").scopes("oauth", ["todos:read"]),
        SecurityRequirement::new("bearer").and("session"),
        SecurityRequirement::new("mtls"),
        SecurityRequirement::default(),
    ]);
    operation
}

fn add_todo() -> Operation {
    let mut operation = operation("add_todo", "todos");
    operation.parameters.push(list());
    let todo = json!({"title": "Sing", "kind": "todo", "after": [], "window": ["2026-01-01", 3]});
    let mut body = RequestBody::required("application/json", Schema::reference("Todo"));
    body.description = Some("What to add.".to_owned());
    let media_type = MediaType::new(Schema::reference("Todo"))
        .example(todo.clone())
        .named_example("song", Example::new(todo).summary("A song."));
    body.content
        .insert("application/json".to_owned(), media_type);
    operation.request_body = Some(body);
    let mut created = Response::new("Added.").link(
        "todos",
        Link::new("list_todos")
            .parameter("list", "$request.path.list")
            .description("All of them."),
    );
    created.headers.insert(
        "Location".to_owned(),
        Header::new(Schema(json!({"type": "string"}))),
    );
    created.content.insert(
        "application/json".to_owned(),
        MediaType::new(Schema::reference("Todo")),
    );
    operation.responses.insert("201".to_owned(), created);
    operation.security = Some(vec![
        SecurityRequirement::new("basic"),
        SecurityRequirement::new("digest"),
    ]);
    operation
}

fn upload() -> Operation {
    let mut operation = operation("upload_file", "files");
    let part = Encoding::content_type("image/png, application/octet-stream")
        .header("X-Checksum", Header::new(Schema(json!({"type": "string"}))));
    let form = MediaType::new(Schema::reference("Upload")).encoding("file", part);
    let mut body = RequestBody::required("multipart/form-data", Schema::reference("Upload"));
    body.content.insert("multipart/form-data".to_owned(), form);
    operation.request_body = Some(body);
    operation
        .responses
        .insert("204".to_owned(), Response::new("Kept."));
    operation.security = Some(vec![
        SecurityRequirement::new("openid").scopes("openid", ["files"]),
    ]);
    operation
}

fn download() -> Operation {
    let mut operation = operation("read_file", "files");
    operation.parameters.push(parameter(
        "name",
        ParameterLocation::Path,
        json!({"type": "string"}),
    ));
    // Binary content would be `type: file` in Swagger 2.0, which some
    // validators reject in responses; `responses_v2_0.rs` tests it.
    let mut file = Response::new("The file.");
    let text = Schema(json!({"type": "string"}));
    file.content
        .insert("text/plain".to_owned(), MediaType::new(text));
    operation.responses.insert("200".to_owned(), file);
    operation.security = Some(vec![SecurityRequirement::new("query")]);
    operation
}

fn replace() -> Operation {
    let mut operation = operation("replace_file", "files");
    operation.parameters.push(parameter(
        "name",
        ParameterLocation::Path,
        json!({"type": "string"}),
    ));
    let bytes = json!({"type": "string", "contentMediaType": "application/octet-stream"});
    operation.request_body = Some(RequestBody::required(
        "application/octet-stream",
        Schema(bytes),
    ));
    operation
        .responses
        .insert("204".to_owned(), Response::new("Replaced."));
    operation
}

fn login() -> Operation {
    let mut operation = operation("log_in", "todos");
    let schema = json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "Who."},
            "roles": {"type": "array", "items": {"type": "string"}},
        },
    });
    let form = MediaType::new(Schema(schema))
        .encoding("roles", Encoding::style(ParameterStyle::Form, false));
    let mut body = RequestBody::default();
    body.required = true;
    body.content
        .insert("application/x-www-form-urlencoded".to_owned(), form);
    operation.request_body = Some(body);
    operation
        .responses
        .insert("204".to_owned(), Response::new("Welcome."));
    operation.security = Some(Vec::new());
    operation
}

fn events() -> Operation {
    let mut operation = operation("list_events", "todos");
    let mut events = Response::new("Events.");
    let either = json!({"oneOf": [
        {"type": "array", "prefixItems": [{"type": "integer"}], "items": {"type": "string"}},
        {"$ref": "#/components/schemas/Event"},
        {"type": "null"},
    ]});
    events.content.insert(
        "application/json".to_owned(),
        MediaType::new(Schema(either)),
    );
    operation.responses.insert("200".to_owned(), events);
    operation
}

fn reset() -> Operation {
    let mut operation = operation("reset", "todos");
    operation
        .responses
        .insert("204".to_owned(), Response::new("Gone."));
    operation.security = Some(vec![
        SecurityRequirement::new("mtls"),
        SecurityRequirement::new("key").and("mtls"),
    ]);
    operation
}

fn elsewhere() -> Operation {
    let mut operation =
        operation("look_elsewhere", "todos").server(Server::new("https://elsewhere.test"));
    operation
        .responses
        .insert("204".to_owned(), Response::new("Nothing."));
    operation
}

fn traced() -> Operation {
    let mut operation = operation("trace", "todos");
    operation
        .responses
        .insert("204".to_owned(), Response::new("Nothing."));
    operation
}
