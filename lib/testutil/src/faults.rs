//! A small proxy before an API server that makes things go wrong on order.
//!
//! ```text
//! client → plain HTTP → this proxy → plain HTTP → `kubectl proxy` → TLS → API server
//! ```
//! One request a connection, so that each can be answered, cut off or passed on by itself.

use crate::controlplane::{ControlPlane, real_program};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Fault {
    /// The server answers this, and does nothing: status, further head lines, body.
    Answer(u16, &'static str, &'static str),
    /// The connection breaks before the server has seen the request.
    Reset,
    /// The server does what it is asked, and its answer is lost.
    LostAnswer,
    /// The second half of the answer is lost.
    Truncated,
    /// The request takes its time.
    Delay(Duration),
    /// Never again answers anything.
    Hang,
}

struct Rule {
    method: &'static str,
    path: &'static str,
    fault: Fault,
    times: usize,
}

/// The proxy, as long as it lives.
pub struct FaultyServer {
    address: String,
    upstream: Child,
    rules: Arc<Mutex<Vec<Rule>>>,
    seen: Arc<Mutex<Vec<String>>>,
    kubeconfig: PathBuf,
    _folder: tempfile::TempDir,
}

impl FaultyServer {
    /// Starts one before a control plane; `None` when there is no `kubectl`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn before(plane: &ControlPlane) -> Option<Self> {
        let kubectl = real_program("kubectl/kubectl")?;
        let mut upstream = Command::new(kubectl)
            .args(["proxy", "--port=0", "--reject-paths=^$", "--kubeconfig"])
            .arg(plane.kubeconfig())
            .stdout(Stdio::piped())
            .spawn()
            .expect("kubectl starts");
        let mut line = String::new();
        BufReader::new(upstream.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let server = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let folder = tempfile::tempdir().expect("a folder");
        let kubeconfig = folder.path().join("kubeconfig");
        std::fs::write(&kubeconfig, config(&address)).expect("a file");
        let (rules, seen) = (Arc::<Mutex<Vec<Rule>>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (ordered, noted) = (Arc::clone(&rules), Arc::clone(&seen));
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (server, ordered, noted) = (server.clone(), Arc::clone(&ordered), Arc::clone(&noted));
                // A client that goes away is no failure.
                thread::spawn(move || serve(client, &server, &ordered, &noted).ok());
            }
        });
        Some(Self { address, upstream, rules, seen, kubeconfig, _folder: folder })
    }

    /// Lets the next requests of this method, and with this text in their paths, go wrong.
    pub fn order(&self, method: &'static str, path: &'static str, fault: Fault, times: usize) {
        lock(&self.rules).push(Rule { method, path, fault, times });
    }

    /// What has been ordered and has not happened.
    #[must_use]
    pub fn left(&self) -> Vec<String> {
        let rules = lock(&self.rules);
        rules.iter().map(|rule| format!("{} {} {:?} x{}", rule.method, rule.path, rule.fault, rule.times)).collect()
    }

    /// The requests so far, as `METHOD PATH`.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        lock(&self.seen).clone()
    }

    /// How to get here.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        // It is over already, if it cannot be ended.
        let _ = self.upstream.kill();
        let _ = self.upstream.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn config(address: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters:\n- name: c\n  cluster: {{server: \"{address}\"}}\n\
         contexts:\n- name: c\n  context: {{cluster: c, user: u}}\nusers:\n- name: u\n  user: {{}}\n"
    )
}

fn serve(client: TcpStream, server: &str, rules: &Mutex<Vec<Rule>>, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (head, body) = read_request(&mut reader)?;
    let mut words = head.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    lock(seen).push(format!("{method} {path}"));
    let fault = take(&mut lock(rules), method, path);
    match fault {
        None => pass_on(client, &ask(server, &head, &body)?),
        Some(Fault::Delay(time)) => {
            thread::sleep(time);
            pass_on(client, &ask(server, &head, &body)?)
        }
        Some(Fault::Hang) => loop {
            thread::park();
        },
        Some(Fault::Reset) => client.shutdown(Shutdown::Both),
        Some(Fault::LostAnswer) => {
            let mut answer = Vec::new();
            ask(server, &head, &body)?.read_to_end(&mut answer)?;
            client.shutdown(Shutdown::Both)
        }
        Some(Fault::Truncated) => {
            let mut answer = Vec::new();
            ask(server, &head, &body)?.read_to_end(&mut answer)?;
            let start = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(0, |at| at + 4);
            (&client).write_all(&answer[..start + (answer.len() - start) / 2])?;
            client.shutdown(Shutdown::Both)
        }
        Some(Fault::Answer(status, headers, body)) => {
            let length = body.len();
            let head = format!("HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}");
            (&client).write_all(format!("{head}Content-Length: {length}\r\n\r\n{body}").as_bytes())
        }
    }
}

fn take(rules: &mut Vec<Rule>, method: &str, path: &str) -> Option<Fault> {
    let at = rules.iter().position(|rule| rule.method == method && path.contains(rule.path))?;
    let fault = rules[at].fault.clone();
    rules[at].times -= 1;
    if rules[at].times == 0 {
        rules.remove(at);
    }
    Some(fault)
}

/// Head and body of a request, the head without its last empty line.
fn read_request(reader: &mut impl BufRead) -> std::io::Result<(String, Vec<u8>)> {
    let mut head = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        head.push_str(&line);
    }
    let field = |line: &str| {
        let (name, value) = line.split_once(':')?;
        if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
    };
    let length: usize = head.lines().find_map(field).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}

fn ask(server: &str, head: &str, body: &[u8]) -> std::io::Result<TcpStream> {
    let mut upstream = TcpStream::connect(server)?;
    upstream.write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())?;
    upstream.write_all(body)?;
    Ok(upstream)
}

/// Passes an answer on as it comes, to its end or the client's.
fn pass_on(mut client: TcpStream, upstream: &TcpStream) -> std::io::Result<()> {
    let mut chunk = vec![0; 1 << 14];
    loop {
        match (&*upstream).read(&mut chunk)? {
            0 => return client.shutdown(Shutdown::Both),
            length => client.write_all(&chunk[..length])?,
        }
    }
}
