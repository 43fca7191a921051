//! Keeps guests, rooms and more.

use purlin_router::{Json, Registry, extract::Path, get, post, reply::Created, schema};

// for each resource
/// What is known of a NAME before it is kept.
#[schema]
struct NewTYPE {
    /// What it is called.
    #[garde(length(min = 1, max = 80))]
    title: String,
    /// How many persons it is for.
    #[garde(range(min = 1, max = 150))]
    persons: u32,
    /// What else there is to know.
    #[garde(length(max = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[garde(length(max = 10))]
    tags: Vec<String>,
}

/// A NAME.
#[schema]
struct TYPE {
    /// The number it was given.
    id: u64,
    /// What it is called.
    #[garde(length(min = 1, max = 80))]
    title: String,
    /// How many persons it is for.
    #[garde(range(min = 1, max = 150))]
    persons: u32,
    /// What else there is to know.
    #[garde(length(max = 500))]
    remarks: Option<String>,
    /// By what it is found.
    #[garde(length(max = 10))]
    tags: Vec<String>,
}

/// Keeps a NAME.
///
/// It gets a number.
#[post("/NAMEs", tags = ["NAMEs"])]
async fn create_NAME(new: Json<NewTYPE>) -> Created<TYPE> {
    let new = new.into_inner();
    Created::new(TYPE {
        id: 1,
        title: new.title,
        persons: new.persons,
        remarks: new.remarks,
        tags: new.tags,
    })
}

/// Returns a NAME.
///
/// The number is the one it was given.
#[get("/NAMEs/{id}", tags = ["NAMEs"])]
async fn read_NAME(id: Path<u64>) -> Json<TYPE> {
    Json(TYPE {
        id: *id,
        title: "the first NAME".to_owned(),
        persons: 2,
        remarks: None,
        tags: Vec::new(),
    })
}
// end

fn registry() -> Registry {
    Registry::new("Service", "1.0.0")
        // for each resource
        .operation(create_NAME)
        .operation(read_NAME)
    // end
}
