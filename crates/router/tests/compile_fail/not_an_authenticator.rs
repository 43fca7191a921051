use purlin_router::Registry;

struct Token(String);

fn main() {
    let _ = Registry::new("Todos", "1.0.0").authenticator("token", Token(String::new()));
}
