use purlin_schemas::schema;

#[schema]
struct Account {
    #[garde(alphanumeric)]
    name: String,
    #[garde(credit_card)]
    card: String,
    #[garde(phone_number)]
    phone: String,
    password: String,
    #[garde(matches(password))]
    again: String,
    #[garde(lenght(min = 1))]
    nick: String,
}

fn main() {}
