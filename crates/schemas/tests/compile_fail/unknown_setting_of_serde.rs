//! A setting that serde's derive rejects is reported once, and the type is used without follow-up errors.

use purlin_schemas::{decode, schema};

#[schema]
#[serde(rename_all = "camelcase")]
struct Guest {
    #[serde(renam = "fullName")]
    name: String,
    #[serde(rename = full_age)]
    age: u8,
    #[schemars(titel = "Pet")]
    pet: Option<Pet>,
}

#[schema]
#[serde(tag = "kind")]
enum Pet {
    Dog(String, u8),
    #[serde(flatten)]
    Cat { name: String },
}

#[schema]
#[serde(content = "value")]
enum Plant {
    Tree(u8),
}

#[schema]
struct House {
    guests: Vec<Guest>,
    plants: Vec<Plant>,
}

fn main() {
    if let Ok(house) = decode::<House>(b"{}") {
        println!("{}", house.guests.len() + house.plants.len());
    }
}
