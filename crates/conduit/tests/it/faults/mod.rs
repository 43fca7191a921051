//! Faults of the database, in the real process: what a client gets, what is kept, and how the service recovers.

mod migrations;
mod postgres;
mod races;
mod sqlite;
mod support;
