//! Serves the registry in an actix-web `App`.

#[actix_web::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let router = registry().build()?;
    actix_web::HttpServer::new(move || actix_web::App::new().service(router.clone()))
        .bind(("127.0.0.1", 8080))?
        .run()
        .await?;
    Ok(())
}
