//! The greetings, with the errors of Flask-Rebar.

use crate::check::{Outcome, rejection, same, with_key};

progenitor::generate_api!(
    spec = "../../../target/clients/documents/greetings-clients.json",
    interface = Builder,
);

use types::Guest;

pub async fn call(url: &str, key: &str) -> Outcome {
    let client = Client::new_with_client(url, with_key("x-myapp-apikey", key)?);

    let index: types::Message = client.get_index().send().await?.into_inner();
    same(index.message, "Hello, Being!")?;

    let generic = client.get_generic_greeting().send().await?;
    same(&generic.message, "Hello, Generic Person!")?;

    let personal = client.get_personalised_greeting().name("Ada & Co");
    same(&personal.send().await?.message, "Hello, Ada & Co")?;

    let ada = Guest::builder().name("Ada").age(36);
    let sent = client.send_greeting().body(ada).send().await?;
    same(sent.status().as_u16(), 201)?;
    let Guest { name, age, height } = sent.into_inner();
    same((name.as_str(), age, height), ("Ada", 36_i64, None::<i64>))?;

    rejections(&client, &Client::new(url)).await
}

async fn rejections(client: &Client, stranger: &Client) -> Outcome {
    let (status, error) = rejection(stranger.get_generic_greeting().send().await)?;
    let error: types::Error = error;
    same(status, 401)?;
    same(error.message.is_empty(), false)?;

    // What the types do not know of is refused by the server alone: a name of the query beside the declared one.
    let url = format!("{}/personalised_greeting?nom=Ada", client.baseurl());
    let response = client.client().get(url).send().await?;
    same(response.status().as_u16(), 400)?;
    let error: types::Error = response.json().await?;
    let fields: Vec<&String> = error.errors.keys().collect();
    same(fields, ["name", "nom"])
}
