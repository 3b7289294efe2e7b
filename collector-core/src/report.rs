//! Puts a conclusion into the forms people and programs read: text for a ticket, JSON for a script.
//!
//! Nothing is concluded here, and no form knows more than another.

pub mod json;
pub mod profile;
pub mod text;
