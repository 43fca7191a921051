use purlin_router::ApiError;

#[derive(ApiError)]
enum TodoError {
    #[status(404)]
    NotFound,
}

#[derive(ApiError)]
union Bits {
    whole: u32,
    half: u16,
}

fn main() {}
