//! Bodies beyond JSON, both ways: forms, files, text, bytes and events.

#![allow(clippy::expect_used, reason = "a test that cannot go on should fail")]

mod bad_parts;
mod connection;
mod documents;
mod downloads;
mod events;
mod files;
mod forms;
mod parts;
mod replies;
mod support;
