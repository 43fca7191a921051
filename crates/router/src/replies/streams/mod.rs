//! Responses that are streams of items: Server-Sent Events, and lines of JSON.

mod body;
mod event;
mod events;
mod json_lines;

use std::{error::Error, pin::Pin};

use actix_web::HttpRequest;
use futures_core::Stream;

pub use self::{event::Event, events::EventStream, json_lines::JsonLines};
use crate::operation::data::MatchedOperation;

/// The items of a response, and an error of the program that ends them.
type Items<I> = Pin<Box<dyn Stream<Item = Result<I, Box<dyn Error>>>>>;

/// Returns who sends the items, for the log.
fn subject(request: &HttpRequest) -> String {
    match request.app_data::<MatchedOperation>() {
        Some(operation) => format!("operation {}", operation.operation_id()),
        None => format!("a handler at {}", request.path()),
    }
}
