use purlin_schemas::schema;

#[schema]
union Bits {
    whole: u32,
    half: u16,
}

#[schema]
fn guest() {}

#[schema]
struct Borrowed<'a> {
    #[garde(length(max = 9))]
    name: &'a str,
}

fn main() {
    guest();
    let _ = Bits { whole: 1 };
    let _ = Borrowed { name: "Ada" };
}
