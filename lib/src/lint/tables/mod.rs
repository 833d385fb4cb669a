//! Facts about Kubernetes that rules look up.

pub(super) mod deprecations;
