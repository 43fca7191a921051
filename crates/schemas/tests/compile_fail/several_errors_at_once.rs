//! Each error is reported at its place, and what is declared still has its traits, so
//! that no follow-up errors are reported.

use purlin_schemas::{decode, schema};

#[schema(requst, rename = "a guest")]
#[derive(serde::Serialize)]
struct Guest {
    #[garde(lenght(min = 1), length(bytes, max = 9))]
    #[serde(alias = "nick")]
    name: String,
    #[garde(range(min = 2, max = 1))]
    age: u128,
    #[garde(required)]
    pet: Pet,
}

#[schema]
enum Pet {
    #[garde(length(min = 1))]
    Dog {
        #[garde(pattern(r"\d"))]
        name: String,
    },
}

fn main() {
    if let Ok(guest) = decode::<Guest>(b"{}") {
        let Pet::Dog { name } = guest.pet;
        println!("{name} {}", guest.age);
    }
}
