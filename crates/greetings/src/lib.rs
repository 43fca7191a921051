//! greetings
