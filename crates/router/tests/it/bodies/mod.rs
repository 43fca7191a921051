//! Request and response bodies other than JSON: forms, files, text, bytes and events.

mod bad_parts;
mod charsets;
mod compressed;
mod connection;
mod documents;
mod downloads;
mod events;
mod files;
mod forms;
mod one_of;
mod optional;
mod parts;
mod replies;
