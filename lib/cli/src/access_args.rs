//! The flags that say how a server is spoken to.

use clap::Args;
use rhelm_fetch::Access;

/// Credentials and certificates.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Servers of charts")]
pub struct AccessArgs {
    /// User
    #[arg(long)]
    pub username: Option<String>,
    /// Password
    #[arg(long)]
    pub password: Option<String>,
    /// Speak to registries without TLS
    #[arg(long)]
    pub plain_http: bool,
    /// Do not verify the server's certificate
    #[arg(long)]
    pub insecure_skip_tls_verify: bool,
    /// File with the certificates to trust
    #[arg(long)]
    pub ca_file: Option<String>,
    /// File with the client's certificate
    #[arg(long)]
    pub cert_file: Option<String>,
    /// File with the client's key
    #[arg(long)]
    pub key_file: Option<String>,
}

impl AccessArgs {
    /// What the flags come to.
    #[must_use]
    pub fn access(&self) -> Access {
        let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
        Access {
            username: text(&self.username),
            password: text(&self.password),
            plain_http: self.plain_http,
            insecure: self.insecure_skip_tls_verify,
            ca_file: text(&self.ca_file),
            cert_file: text(&self.cert_file),
            key_file: text(&self.key_file),
            ..Access::default()
        }
    }
}
