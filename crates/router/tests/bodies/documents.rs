//! What the document says of bodies beyond JSON.

use purlin_router::{
    Binary, CommaSeparated, ErrorStyle, Event, EventStream, File, Form, InMemory, Multipart,
    NoContent, Operation, Registry, Text,
    media_types::{Csv, Jpeg, Png},
    schema,
};
use serde_json::{Value, json};

#[schema(request)]
struct Login {
    #[garde(length(min = 1))]
    name: String,
    ids: Option<CommaSeparated<u32>>,
}

#[schema(request)]
struct Upload {
    title: String,
    /// What it looks like.
    image: File<(Png, Jpeg)>,
    icon: Option<File<Png>>,
    #[serde(default)]
    pages: Vec<File>,
    table: Option<InMemory<Csv>>,
    ids: Option<CommaSeparated<u32>>,
    owner: Option<Owner>,
}

#[schema(request)]
struct Owner {
    name: String,
}

/// What something costs.
#[schema(response)]
struct Price {
    cents: u32,
}

async fn log_in(login: Form<Login>) -> NoContent {
    let _ = (&login.name, &login.ids);
    NoContent
}

async fn upload(upload: Multipart<Upload>) -> NoContent {
    let Upload {
        title,
        image,
        icon,
        pages,
        table,
        ids,
        owner,
    } = upload.into_inner();
    drop((
        title,
        image,
        icon,
        pages,
        table,
        ids,
        owner.map(|owner| owner.name),
    ));
    NoContent
}

async fn prices() -> EventStream<Price> {
    EventStream::new(futures_util::stream::iter([Event::new(Price { cents: 1 })]))
}

fn document(style: ErrorStyle) -> Value {
    let api = Registry::new("Bodies", "1")
        .error_style(style)
        .operation(Operation::post("/login", log_in))
        .operation(Operation::post("/images", upload))
        .operation(Operation::get("/prices", prices))
        .operation(Operation::get("/text", async || Text::new("a")).operation_id("text"))
        .operation(Operation::get("/logo", async || Binary::<Png>::new("a")).operation_id("logo"));
    let api = api.build().expect("no mistakes");
    serde_json::from_str(api.openapi_json()).expect("JSON")
}

fn statuses(document: &Value, path: &str) -> Vec<String> {
    let responses = document["paths"][path]["post"]["responses"].as_object();
    responses
        .into_iter()
        .flatten()
        .map(|(status, _)| status.clone())
        .collect()
}

#[test]
fn forms_are_documented() {
    let document = document(ErrorStyle::Problem);
    assert_eq!(
        document["paths"]["/login"]["post"]["requestBody"],
        json!({
            "content": {"application/x-www-form-urlencoded": {
                "schema": {"$ref": "#/components/schemas/Login"},
                "encoding": {"ids": {"style": "form", "explode": false}},
            }},
            "required": true,
        })
    );
    assert_eq!(
        statuses(&document, "/login"),
        ["204", "400", "413", "415", "500"]
    );
    let rebar = self::document(ErrorStyle::Rebar);
    assert_eq!(statuses(&rebar, "/login"), ["204", "400", "413", "500"]);
}

#[test]
fn forms_in_parts_are_documented() {
    let document = document(ErrorStyle::Problem);
    assert_eq!(
        document["paths"]["/images"]["post"]["requestBody"],
        json!({
            "content": {"multipart/form-data": {
                "schema": {"$ref": "#/components/schemas/Upload"},
                "encoding": {
                    "icon": {"contentType": "image/png"},
                    "ids": {"style": "form", "explode": false},
                    "image": {"contentType": "image/png, image/jpeg"},
                    "owner": {"contentType": "application/json"},
                    "table": {"contentType": "text/csv"},
                },
            }},
            "required": true,
        })
    );
    let schema = &document["components"]["schemas"]["Upload"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["additionalProperties"], false);
    let properties = &schema["properties"];
    assert_eq!(
        properties["image"],
        json!({"type": "string", "contentMediaType": "application/octet-stream", "description": "What it looks like."})
    );
    assert_eq!(
        properties["icon"],
        json!({"type": ["string", "null"], "contentMediaType": "image/png"})
    );
    assert_eq!(
        properties["pages"]["items"],
        json!({"type": "string", "contentMediaType": "application/octet-stream"})
    );
    assert_eq!(
        statuses(&document, "/images"),
        ["204", "400", "413", "415", "500", "507"]
    );
}

#[test]
fn replies_are_documented() {
    let document = document(ErrorStyle::Problem);
    let answer = |path: &str| document["paths"][path]["get"]["responses"]["200"].clone();
    assert_eq!(
        answer("/prices"),
        json!({
            "description": "Server-Sent Events; the schema is that of each event's data, which is JSON.",
            "content": {"text/event-stream": {"schema": {
                "$ref": "#/components/schemas/Price",
                "description": "The data of each event, as JSON.",
            }}},
        })
    );
    assert_eq!(
        answer("/text")["content"],
        json!({"text/plain": {"schema": {"type": "string"}}})
    );
    assert_eq!(
        answer("/logo")["content"],
        json!({"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}}})
    );
}
