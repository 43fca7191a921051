use purlin_schemas::schema;

#[schema(requst)]
struct Misspelt {
    name: String,
}

#[schema(request, response)]
struct Both {
    name: String,
}

#[schema(request, request)]
struct Twice {
    name: String,
}

#[schema(rename = "A guest")]
struct Renamed {
    name: String,
}

#[schema(rename = Guest)]
struct NotText {
    name: String,
}

#[schema(crate = purlin)]
struct NoPath {
    name: String,
}

#[schema("request")]
struct Quoted {
    name: String,
}

#[schema(unknown_fields = "collect")]
struct Collecting {
    name: String,
}

#[schema(response, unknown_fields = "ignore")]
struct Written {
    name: String,
}

#[schema(unknown_fields = "ignore")]
struct Positional(u8, u8);

fn main() {}
