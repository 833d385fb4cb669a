//! A real Kubernetes cluster behind the library's two asynchronous edges.
//!
//! ```text
//! ConnectOptions → client (kubeconfig, TLS, one request) → discovery (kinds → paths)
//!                    → cluster (get, apply, delete, list: `Cluster`) and records (Secrets, ConfigMaps: `Driver`)
//! ```

mod chunks;
mod client;
mod cluster;
mod config;
mod discovery;
mod error;
mod find;
mod in_flight;
mod logs;
mod protobuf;
mod records;
mod retry;
mod show;
mod transport;
mod wait;
mod write;

pub use client::OnWarning;
pub use cluster::{KubeCluster, connect};
pub use config::{ConnectOptions, contexts};
pub use records::KubeDriver;
pub use show::Form;
