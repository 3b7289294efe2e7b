//! The tests that see the whole: the program as a customer runs it, real servers, real tools.
//!
//! One binary, so that the libraries of the plugins and the Go server are built once. What a
//! single module promises is tested beside that module, not here.

#[macro_use]
mod support;

mod any_moment;
mod author;
mod bounds;
mod clock;
mod combinations;
mod command_line;
mod disk_faults;
mod examples;
mod go_program;
mod go_server;
mod hostile_bundles;
mod kill9;
mod misbehaving;
mod network;
mod plugin_new;
mod privileges;
mod profile;
mod readings;
mod refusals;
mod report;
mod run_default;
mod same_bytes;
mod scenarios;
mod schedule;
mod secrets;
mod signals;
mod tidy;
mod unread;
