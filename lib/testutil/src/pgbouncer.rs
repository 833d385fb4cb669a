//! A real pgBouncer before a PostgreSQL, with transactions that go to one server process after the other.
//!
//! It comes from Debian's package `pgbouncer`. Without it, tests skip with one line; `RHELM_TEST_REQUIRE=all` makes that a failure.

use crate::postgres::{Postgres, another_user};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

const MISSING: &str = "no pgBouncer: install the package pgbouncer";

/// Ends with its standard input, so that it never outlives the test run.
const KEEP: &str = "PATH=$PATH:/usr/sbin; pgbouncer \"$1\" & cat > /dev/null; kill $!";

/// A running pgBouncer, as long as it lives.
pub struct PgBouncer {
    port: u16,
    _folder: tempfile::TempDir,
    /// Its standard input is what keeps the pooler alive.
    _keeper: Child,
}

impl PgBouncer {
    /// Starts one; `None` when the test is to be skipped.
    ///
    /// # Panics
    /// When there is none and `RHELM_TEST_REQUIRE` is `all`.
    #[must_use]
    pub fn before(server: &Postgres) -> Option<Self> {
        Self::start(server).inspect_err(|why| crate::announce(why)).map_or_else(|why| crate::skip(&why), Some)
    }

    fn start(server: &Postgres) -> Result<Self, String> {
        let failed = |error: std::io::Error| error.to_string();
        let folder = tempfile::Builder::new().prefix("rhelm-pooler-").tempdir().map_err(failed)?;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(failed)?.port();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = trust\nauth_file = {}\npool_mode = transaction\nserver_round_robin = 1\n\
             default_pool_size = 3\nmin_pool_size = 3\n",
            server.port(),
            folder.path().join("users").display()
        );
        let path = folder.path().join("pgbouncer.ini");
        std::fs::write(&path, settings).map_err(failed)?;
        std::fs::write(folder.path().join("users"), "\"postgres\" \"\"\n").map_err(failed)?;
        let mut command = Command::new("sh");
        command.args(["-c", KEEP, "sh"]).arg(&path).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        // It refuses to run as the superuser.
        if let Some((user, group)) = another_user() {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).map_err(failed)?;
            command.uid(user).gid(group);
        }
        let mut keeper = command.spawn().map_err(failed)?;
        let log = BufReader::new(keeper.stderr.take().ok_or(MISSING)?);
        let mut said = String::new();
        for line in log.lines() {
            said += &line.map_err(failed)?;
            if said.contains("process up") {
                return Ok(Self { port, _folder: folder, _keeper: keeper });
            }
            if said.contains("not found") {
                return Err(MISSING.to_owned());
            }
        }
        Err(format!("pgBouncer did not start: {said}"))
    }

    /// The port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}
