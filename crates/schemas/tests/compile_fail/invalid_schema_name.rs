use purlin_schemas::schema;

#[schema(rename = "A guest")]
struct Guest {
    name: String,
}

#[schema(rename = "PageOf{U}")]
struct Page<T, const N: usize> {
    items: Vec<T>,
}

#[schema(rename = "PairOf{A")]
struct Pair<A> {
    items: Vec<A>,
}

#[schema(rename = "{T}")]
struct Plain {
    name: String,
}

#[schema(rename = "")]
struct Unnamed {
    name: String,
}

fn main() {}
