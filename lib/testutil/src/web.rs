//! A web server for tests: files, a password, redirects, and answers that are broken in any way. It remembers what it was asked.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a server is to serve.
#[derive(Clone, Default)]
pub struct Site {
    answers: BTreeMap<String, Vec<u8>>,
    authorization: Option<String>,
    tls: Option<Arc<ServerConfig>>,
}

/// A request that came.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen {
    /// The path with its query.
    pub path: String,
    /// The header of that name.
    pub authorization: Option<String>,
    /// What came with it.
    pub body: String,
}

/// A running server; it ends when this is dropped.
pub struct Server {
    address: SocketAddr,
    scheme: &'static str,
    site: Arc<Mutex<Site>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    is_over: Arc<AtomicBool>,
}

impl Site {
    /// Nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file under its path, which begins with `/`.
    #[must_use]
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        let content = content.as_ref();
        let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", content.len()).into_bytes();
        answer.extend(content);
        self.answer(path, answer)
    }

    /// Adds the files of a folder, not of those in it.
    ///
    /// # Panics
    /// When they cannot be read.
    #[must_use]
    pub fn folder(self, folder: &Path) -> Self {
        let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry"));
        let files = entries.filter(|entry| entry.path().is_file());
        files.fold(self, |site, entry| {
            let path = format!("/{}", entry.file_name().to_string_lossy());
            site.file(&path, std::fs::read(entry.path()).expect("a file"))
        })
    }

    /// Adds a redirect.
    #[must_use]
    pub fn redirect(self, path: &str, location: &str) -> Self {
        let answer = format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        self.answer(path, answer)
    }

    /// Adds an answer as it goes over the wire.
    #[must_use]
    pub fn answer(mut self, path: &str, answer: impl Into<Vec<u8>>) -> Self {
        self.answers.insert(path.to_owned(), answer.into());
        self
    }

    /// Refuses whoever does not send this header: `Basic …`.
    #[must_use]
    pub fn authorization(mut self, header: &str) -> Self {
        self.authorization = Some(header.to_owned());
        self
    }

    /// Speaks TLS.
    #[must_use]
    pub fn tls(mut self, config: ServerConfig) -> Self {
        self.tls = Some(Arc::new(config));
        self
    }

    /// Starts serving, on a port that is free.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn start(self) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let server = Server {
            address: listener.local_addr().expect("an address"),
            scheme: if self.tls.is_some() { "https" } else { "http" },
            site: Arc::new(Mutex::new(self)),
            seen: Arc::default(),
            is_over: Arc::default(),
        };
        let (site, seen, is_over) = (server.site.clone(), server.seen.clone(), server.is_over.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if is_over.load(Ordering::SeqCst) {
                    break;
                }
                let (site, seen) = (site.clone(), seen.clone());
                // Clients may go away at any time.
                std::thread::spawn(move || stream.and_then(|stream| serve(stream, &site, &seen)));
            }
        });
        server
    }

    fn answer_to(&self, request: &Seen) -> Vec<u8> {
        let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
        if self.authorization.is_some() && self.authorization != request.authorization {
            return b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n".to_vec();
        }
        self.answers.get(&request.path).cloned().unwrap_or_else(|| missing.into())
    }
}

impl Server {
    /// The server's URL, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes what is served.
    pub fn change(&self, change: impl FnOnce(Site) -> Site) {
        let mut site = self.site.lock().unwrap_or_else(PoisonError::into_inner);
        *site = change(std::mem::take(&mut *site));
    }

    /// What was asked for since the last call.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        // Wakes the thread that listens.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(stream: TcpStream, site: &Mutex<Site>, seen: &Mutex<Vec<Seen>>) -> std::io::Result<()> {
    let tls = site.lock().unwrap_or_else(PoisonError::into_inner).tls.clone();
    match tls {
        None => exchange(stream, site, seen),
        Some(config) => {
            let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
            exchange(StreamOwned::new(connection, stream), site, seen)
        }
    }
}

/// One request and its answer; then the connection ends.
fn exchange(stream: impl Read + Write, site: &Mutex<Site>, seen: &Mutex<Vec<Seen>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let Some(first) = head.first() else { return Ok(()) };
    let header = |line: &String| line.split_once(": ").map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    let length = head.iter().filter_map(header).find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.and_then(|(_, length)| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body)?;
    let request = Seen {
        body: String::from_utf8_lossy(&body).into_owned(),
        path: first.split(' ').nth(1).unwrap_or_default().to_owned(),
        authorization: head.iter().filter_map(header).find(|(name, _)| name == "authorization").map(|(_, value)| value),
    };
    let answer = site.lock().unwrap_or_else(PoisonError::into_inner).answer_to(&request);
    seen.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let stream = reader.get_mut();
    stream.write_all(&answer)?;
    stream.flush()
}
