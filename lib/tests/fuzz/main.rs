//! Fuzzing: whatever reads what strangers wrote gets mutated templates, values, flags, archives and versions, and must end
//! with a result or an error, never with a panic, a stack overflow, or two answers to one question.
//!
//! `cargo test` tries a fixed number of inputs from a fixed seed; `scripts/fuzz` goes on from a random one for as long as it is
//! told to. Inputs that once broke something stand in `found/TARGET/` and are tried first.

#![expect(clippy::print_stdout, reason = "whoever fuzzes wants to see how it goes")]

mod corpus;
mod driver;
mod mutate;
mod targets;

use driver::fuzz;

#[test]
fn template_parser() {
    fuzz("template_parser", corpus::templates(), targets::template_parser);
}

#[test]
fn template_executor() {
    fuzz("template_executor", corpus::templates(), targets::template_executor);
}

#[test]
fn handlebars() {
    fuzz("handlebars", corpus::handlebars(), targets::handlebars);
}

#[test]
fn yaml() {
    fuzz("yaml", corpus::yaml(), targets::yaml);
}

#[test]
fn set_flags() {
    fuzz("set_flags", corpus::set_flags(), targets::set_flags);
}

#[test]
fn archive() {
    fuzz("archive", corpus::archives(), targets::archive);
}

#[test]
fn version_constraint() {
    fuzz("version_constraint", corpus::version_constraints(), targets::version_constraint);
}
