use purlin_schemas::schema;

#[schema]
struct Guest {
    #[garde(range(max = 300))]
    age: u8,
    #[garde(range(min = -129))]
    debts: i8,
    #[garde(range(max = 18_446_744_073_709_551_616))]
    hairs: u64,
}

fn main() {}
