//! Keeps guests, rooms and more.

use dropshot::{
    ApiDescription, ConfigLogging, ConfigLoggingLevel, HttpError, HttpResponseCreated, HttpResponseOk,
    Path, RequestContext, ServerBuilder, TypedBody, endpoint,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters of a path.
#[derive(Deserialize, JsonSchema)]
struct Id {
    /// The number it was given.
    id: u64,
}

// for each resource
/// What is known of a NAME before it is kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewTYPE {
    /// What it is called.
    #[schemars(length(min = 1, max = 80))]
    title: String,
    /// How many persons it is for.
    #[schemars(range(min = 1, max = 150))]
    persons: u32,
    /// What else there is to know.
    #[schemars(length(max = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[schemars(length(max = 10))]
    tags: Vec<String>,
}

/// A NAME.
#[derive(JsonSchema, Serialize)]
struct TYPE {
    /// The number it was given.
    id: u64,
    /// What it is called.
    #[schemars(length(min = 1, max = 80))]
    title: String,
    /// How many persons it is for.
    #[schemars(range(min = 1, max = 150))]
    persons: u32,
    /// What else there is to know.
    #[schemars(length(max = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[schemars(length(max = 10))]
    tags: Vec<String>,
}

/// Keeps a NAME.
///
/// It gets a number.
#[endpoint { method = POST, path = "/NAMEs", tags = ["NAMEs"] }]
async fn create_NAME(
    _: RequestContext<()>,
    new: TypedBody<NewTYPE>,
) -> Result<HttpResponseCreated<TYPE>, HttpError> {
    let new = new.into_inner();
    Ok(HttpResponseCreated(TYPE {
        id: 1,
        title: new.title,
        persons: new.persons,
        remarks: new.remarks,
        tags: new.tags,
    }))
}

/// Returns a NAME.
///
/// The number is the one it was given.
#[endpoint { method = GET, path = "/NAMEs/{id}", tags = ["NAMEs"] }]
async fn read_NAME(
    _: RequestContext<()>,
    path: Path<Id>,
) -> Result<HttpResponseOk<TYPE>, HttpError> {
    Ok(HttpResponseOk(TYPE {
        id: path.into_inner().id,
        title: "the first NAME".to_owned(),
        persons: 2,
        remarks: None,
        tags: Vec::new(),
    }))
}
// end

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut api = ApiDescription::new();
    // for each resource
    api.register(create_NAME)?;
    api.register(read_NAME)?;
    // end
    let level = ConfigLoggingLevel::Info;
    let log = ConfigLogging::StderrTerminal { level }.to_logger("service")?;
    ServerBuilder::new(api, (), log).start()?.await?;
    Ok(())
}
