use purlin_schemas::schema;

#[schema]
struct Guest {
    #[cfg_attr(not(test), garde(length(min = 1)))]
    name: String,
}

#[schema]
struct Pair(#[cfg(not(test))] u8, u8);

fn main() {
    let _ = Guest { name: String::new() };
    let _ = Pair(1, 2);
}
