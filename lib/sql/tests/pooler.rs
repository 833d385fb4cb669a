//! Behind a pooler that gives every transaction to another connection, as pgBouncer may.

use rhelm_lib::store::Driver;
use rhelm_sql::{Database, SqlDriver};
use rhelm_testutil::conformance::driver_conformance;
use rhelm_testutil::pgbouncer::PgBouncer;
use rhelm_testutil::postgres::{self, Postgres};
use std::io::{ErrorKind, Read, Result, Write};
use std::net::{TcpListener, TcpStream};

/// A message of the protocol: its type (0 for those that begin a connection) and all of its bytes.
fn message(stream: &mut TcpStream, has_type: bool) -> Result<(u8, Vec<u8>)> {
    let mut head = vec![0; if has_type { 5 } else { 4 }];
    stream.read_exact(&mut head)?;
    let length = head[head.len() - 4..].try_into().map(u32::from_be_bytes).unwrap_or_default() as usize;
    let kind = if has_type { head[0] } else { 0 };
    let start = head.len();
    head.resize(start + length.saturating_sub(4), 0);
    stream.read_exact(&mut head[start..])?;
    Ok((kind, head))
}

/// What a server sends until it is ready again, and whether no transaction is open then.
fn answer(server: &mut TcpStream) -> Result<(Vec<u8>, bool)> {
    let mut all = Vec::new();
    loop {
        let (kind, bytes) = message(server, true)?;
        all.extend_from_slice(&bytes);
        if kind == b'Z' {
            return Ok((all, bytes[5] == b'I'));
        }
    }
}

fn serve(mut client: TcpStream, port: u16) -> Result<()> {
    client.set_nodelay(true)?;
    let (_, start) = message(&mut client, false)?;
    let mut servers = Vec::new();
    let mut greeting = Vec::new();
    for _ in 0..3 {
        let mut server = TcpStream::connect(("127.0.0.1", port))?;
        server.set_nodelay(true)?;
        server.write_all(&start)?;
        greeting = answer(&mut server)?.0;
        servers.push(server);
    }
    client.write_all(&greeting)?;
    loop {
        let (kind, bytes) = message(&mut client, true)?;
        servers[0].write_all(&bytes)?;
        // Only after a query or a sync does the server say how it is.
        if matches!(kind, b'Q' | b'S') {
            let (bytes, is_idle) = answer(&mut servers[0])?;
            client.write_all(&bytes)?;
            if is_idle {
                servers.rotate_left(1);
            }
        }
    }
}

fn start(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            std::thread::spawn(move || match serve(client, port) {
                Err(error) if error.kind() != ErrorKind::UnexpectedEof => panic!("the pooler failed: {error}"),
                _ => {}
            });
        }
    });
    own
}

fn conforms(server: &Postgres, port: u16) {
    let database = server.new_database();
    let url = server.url(&database).replace(&format!(":{}/", server.port()), &format!(":{port}/"));
    let database = Database::parse(&url, &|_| None).expect("a connection string");
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(async {
        let driver = SqlDriver::connect(&database).await.expect("connected");
        assert_eq!(driver.name(), "SQL");
        driver_conformance(&driver, ["one", "two"]).await;
    });
}

#[test]
fn a_pooler_makes_no_difference() {
    let Some(server) = postgres::shared() else { return };
    conforms(server, start(server.port()));
}

#[test]
fn neither_does_pgbouncer() {
    let Some(server) = postgres::shared() else { return };
    let Some(pooler) = PgBouncer::before(server) else { return };
    conforms(server, pooler.port());
}

#[test]
fn every_version_of_postgresql_is_a_store() {
    for version in postgres::VERSIONS {
        let Some(server) = postgres::of_version(version) else { continue };
        assert!(server.sql("postgres", "SHOW server_version").starts_with(version));
        conforms(&server, server.port());
    }
}
