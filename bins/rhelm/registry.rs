//! `rhelm registry`: logging in to registries and out of them.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, GlobalArgs, ask, ask_hidden, say, variable, warn, write_stdout};
use rhelm_fetch::Access;
use rhelm_fetch::registry::{Login, Registry, remove_login, save_login};
use std::io::Read;

#[derive(Args)]
struct LoginArgs {
    /// The registry's host
    #[arg(value_name = "HOST")]
    operands: Vec<String>,
    /// User
    #[arg(short, long)]
    username: Option<String>,
    /// Password
    #[arg(short, long)]
    password: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Do not verify the server's certificate
    #[arg(long)]
    insecure: bool,
    /// Speak without TLS
    #[arg(long)]
    plain_http: bool,
    /// File with the certificates to trust
    #[arg(long)]
    ca_file: Option<String>,
    /// File with the client's certificate
    #[arg(long)]
    cert_file: Option<String>,
    /// File with the client's key
    #[arg(long)]
    key_file: Option<String>,
}

#[derive(Args)]
struct LogoutArgs {
    /// The registry's host
    #[arg(value_name = "HOST")]
    operands: Vec<String>,
}

pub(crate) fn define() -> Command {
    Command::new("registry")
        .about("Log in to registries and out of them")
        .arg_required_else_help(true)
        .subcommand(rhelm_cli::with_flags::<LoginArgs>(Command::new("login").about("Log in")))
        .subcommand(rhelm_cli::with_flags::<LogoutArgs>(Command::new("logout").about("Log out")))
}

pub(crate) fn run(global: GlobalArgs, matches: &ArgMatches) -> Result<(), Failure> {
    match matches.subcommand() {
        Some(("login", own)) => login(&global, &LoginArgs::from_arg_matches(own)?),
        Some((_, own)) => {
            let args = LogoutArgs::from_arg_matches(own)?;
            let host = host(&args.operands, "logout")?;
            say(&format!("Removing login credentials for {host}"));
            Ok(remove_login(&global.home(variable).registry_config, host)?)
        }
        None => Err(Failure::new("what to do? see rhelm registry --help")),
    }
}

fn host<'a>(operands: &'a [String], command: &str) -> Result<&'a str, Failure> {
    operands.first().map(String::as_str).ok_or_else(|| {
        let usage = format!("Usage:  helm registry {command} [host] [flags]");
        Failure::new(format!("\"helm registry {command}\" requires at least 1 argument\n\n{usage}"))
    })
}

fn login(global: &GlobalArgs, args: &LoginArgs) -> Result<(), Failure> {
    let host = host(&args.operands, "login")?;
    let login = credentials(args)?;
    let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
    let access = Access {
        plain_http: args.plain_http,
        insecure: args.insecure,
        ca_file: text(&args.ca_file),
        cert_file: text(&args.cert_file),
        key_file: text(&args.key_file),
        ..Access::default()
    };
    Registry::with_login(host, &access, Some(login.clone()))
        .ping()
        .map_err(|error| Failure::new(format!("authenticating to {host:?}: {error}")))?;
    save_login(&global.home(variable).registry_config, host, &login)?;
    write_stdout(b"Login Succeeded\n")
}

/// Without a user the password is a token, as registries give them.
fn credentials(args: &LoginArgs) -> Result<Login, Failure> {
    let mut login = Login {
        username: args.username.clone().unwrap_or_default(),
        password: args.password.clone().unwrap_or_default(),
        ..Login::default()
    };
    if args.password_stdin {
        login.password.clear();
        std::io::stdin().read_to_string(&mut login.password)?;
        login.password = login.password.trim_end_matches(['\n', '\r']).to_owned();
        return Ok(login);
    }
    if !login.password.is_empty() {
        warn("level=WARN msg=\"using --password via the CLI is insecure. Use --password-stdin\"");
        return Ok(login);
    }
    if login.username.is_empty() {
        ask("Username: ")?.trim().clone_into(&mut login.username);
    }
    let what = if login.username.is_empty() { "Token" } else { "Password" };
    login.password = ask_hidden(&format!("{what}: "))?;
    if login.password.is_empty() {
        return Err(Failure::new(format!("{} required", what.to_lowercase())));
    }
    Ok(login)
}
