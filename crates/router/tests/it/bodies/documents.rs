//! How bodies other than JSON are documented.

use purlin_router::{
    Operation, Registry,
    error::ErrorStyle,
    extract::{File, Form, InMemory, Multipart, Uploads},
    media::{Csv, Jpeg, Png},
    openapi::Dialect,
    reply::{Binary, Event, EventStream, NoContent, Text},
    schema,
    schemas::CommaSeparated,
};
use serde_json::{Value, json};

use crate::support;

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
    more: Option<Vec<File>>,
    table: Option<InMemory<Csv>>,
    ids: Option<CommaSeparated<u32>>,
    owner: Option<Owner>,
}

#[schema(request)]
struct Owner {
    name: String,
}

/// The price of an item.
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
        more,
        table,
        ids,
        owner,
    } = upload.into_inner();
    drop((
        title,
        image,
        icon,
        pages,
        more,
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
    let api = support::router(&api);
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
                "schema": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "minLength": 1},
                        "ids": {"type": "array", "items": {
                            "type": "integer", "format": "uint32", "minimum": 0, "maximum": u32::MAX,
                        }},
                    },
                    "required": ["name"],
                    "additionalProperties": false,
                },
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
fn multipart_forms_are_documented() {
    let document = document(ErrorStyle::Problem);
    let body = &document["paths"]["/images"]["post"]["requestBody"];
    assert_eq!(body["required"], true);
    let content = &body["content"]["multipart/form-data"];
    assert_eq!(
        content["encoding"],
        json!({
            "icon": {"contentType": "image/png"},
            "ids": {"style": "form", "explode": false},
            "image": {"contentType": "image/png, image/jpeg"},
            "owner": {"contentType": "application/json"},
            "table": {"contentType": "text/csv"},
        })
    );
    let schema = &content["schema"];
    assert_eq!(schema["type"], "object");
    assert_eq!(schema["additionalProperties"], false);
    let properties = &schema["properties"];
    assert_eq!(
        properties["image"],
        json!({
            "type": "string",
            "format": "binary",
            "contentMediaType": "application/octet-stream",
            "description": "What it looks like.",
        })
    );
    assert_eq!(
        properties["icon"],
        json!({"type": "string", "format": "binary", "contentMediaType": "image/png"})
    );
    // Swagger UI recognises the items of a list as files by the format alone.
    assert_eq!(
        properties["pages"]["items"],
        json!({"type": "string", "format": "binary", "contentMediaType": "application/octet-stream"})
    );
    // It would make up an item of an optional list, and send it as text.
    assert_eq!(properties["more"]["type"], "array");
    assert_eq!(properties["more"]["examples"], json!([[]]));
    assert_eq!(
        statuses(&document, "/images"),
        ["204", "400", "413", "415", "500", "507"]
    );
}

#[test]
fn required_list_in_a_form_has_min_items_1() {
    #[schema(request)]
    struct Votes {
        /// For whom.
        names: Vec<String>,
        ids: CommaSeparated<u32>,
        #[serde(default)]
        notes: Vec<String>,
    }
    async fn vote(votes: Form<Votes>) -> NoContent {
        let Votes { names, ids, notes } = votes.into_inner();
        drop((names, ids, notes));
        NoContent
    }
    async fn vote_in_parts(votes: Multipart<Votes>) -> NoContent {
        drop(votes);
        NoContent
    }
    let api = Registry::new("Votes", "1")
        .operation(Operation::post("/form", vote))
        .operation(Operation::post("/parts", vote_in_parts));
    let router = support::router(&api);
    let document = router.document();
    let written = document.to_value(Dialect::V3_1);
    // The whole is written out: what is beside a reference is ignored by many.
    let expected = json!({
        "type": "object",
        "properties": {
            "names": {
                "description": "For whom.", "type": "array", "items": {"type": "string"}, "minItems": 1,
            },
            "ids": {"type": "array", "items": {
                "type": "integer", "format": "uint32", "minimum": 0, "maximum": u32::MAX,
            }},
            "notes": {"type": "array", "items": {"type": "string"}, "default": []},
        },
        "required": ["names", "ids"],
        "additionalProperties": false,
    });
    for (path, media_type) in [
        ("/form", "application/x-www-form-urlencoded"),
        ("/parts", "multipart/form-data"),
    ] {
        let content = &written["paths"][path]["post"]["requestBody"]["content"];
        assert_eq!(content[media_type]["schema"], expected);
    }
    assert!(written["components"]["schemas"].get("Votes").is_none());
    let swagger = document.to_value(Dialect::V2_0);
    let fields = &swagger["paths"]["/form"]["post"]["parameters"];
    let names = json!({
        "name": "names", "in": "formData", "description": "For whom.", "required": true,
        "type": "array", "items": {"type": "string"}, "collectionFormat": "multi", "minItems": 1,
    });
    let found = fields
        .as_array()
        .and_then(|all| all.iter().find(|it| it["name"] == "names"));
    assert_eq!(found, Some(&names));
}

#[test]
fn missing_upload_directory_is_an_error() {
    let api = |folder: &str| {
        Registry::new("Bodies", "1")
            .uploads(Uploads::new().directory(folder))
            .operation(Operation::post("/images", upload))
            .operation(Operation::post("/login", log_in))
            .build()
    };
    for folder in ["/nowhere/at/all", file!()] {
        let errors = api(folder).expect_err("an error").to_string();
        assert!(errors.contains("(POST /images)"), "{errors}");
        assert!(errors.contains(&format!("in `{folder}`")), "{errors}");
        assert!(!errors.contains("/login"), "{errors}");
    }
    assert!(api(env!("CARGO_MANIFEST_DIR")).is_ok());
}

#[test]
fn replies_are_documented() {
    let document = document(ErrorStyle::Problem);
    let response = |path: &str| document["paths"][path]["get"]["responses"]["200"].clone();
    assert_eq!(
        response("/prices"),
        json!({
            "description": "Server-Sent Events; the schema is that of each event's data, which is JSON.",
            "content": {"text/event-stream": {"schema": {
                "$ref": "#/components/schemas/Price",
                "description": "The data of each event, as JSON.",
            }}},
        })
    );
    assert_eq!(
        response("/text")["content"],
        json!({"text/plain": {"schema": {"type": "string"}}})
    );
    assert_eq!(
        response("/logo")["content"],
        json!({"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}}})
    );
}
