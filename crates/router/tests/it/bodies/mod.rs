//! Request and response bodies other than JSON: forms, files, text, bytes and events.

mod bad_parts;
mod connection;
mod documents;
mod downloads;
mod events;
mod files;
mod forms;
mod parts;
mod replies;
