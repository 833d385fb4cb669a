//! `rhelm repo add`: a repository gets a name, once its index has been seen.

use clap::{ArgMatches, Args, Command, FromArgMatches};
use rhelm_cli::{Failure, ask_hidden, exactly, parse_duration, say};
use rhelm_fetch::repositories::{Repositories, Repository, lock};
use rhelm_fetch::{Access, FetchError, Home, index, url};
use rhelm_lib::gourl::shown;
use std::io::Read;
use std::time::Duration;

#[derive(Args)]
struct AddArgs {
    /// Name and URL
    #[arg(value_name = "NAME URL")]
    operands: Vec<String>,
    /// User
    #[arg(long)]
    username: Option<String>,
    /// Password
    #[arg(long)]
    password: Option<String>,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
    /// Put it in the place of one of the same name
    #[arg(long)]
    force_update: bool,
    /// Helm 3's flag: nothing is replaced unless --force-update says so
    #[arg(long, hide = true)]
    no_update: bool,
    /// File with the client's certificate
    #[arg(long)]
    cert_file: Option<String>,
    /// File with the client's key
    #[arg(long)]
    key_file: Option<String>,
    /// File with the certificates to trust
    #[arg(long)]
    ca_file: Option<String>,
    /// Do not verify the server's certificate
    #[arg(long)]
    insecure_skip_tls_verify: bool,
    /// Allow the repositories that are no more
    #[arg(long)]
    allow_deprecated_repos: bool,
    /// Send the credentials to every server
    #[arg(long)]
    pass_credentials: bool,
    /// How long the download may take
    #[arg(long, default_value = "2m0s", value_parser = parse_duration)]
    timeout: Duration,
}

/// Repositories that are no more, and what took their place.
const DEPRECATED: [(&str, &str); 2] = [
    ("//kubernetes-charts.storage.googleapis.com", "https://charts.helm.sh/stable"),
    ("//kubernetes-charts-incubator.storage.googleapis.com", "https://charts.helm.sh/incubator"),
];

pub(super) fn define() -> Command {
    rhelm_cli::with_flags::<AddArgs>(Command::new("add").about("Give a repository a name"))
}

pub(super) fn run(home: &Home, matches: &ArgMatches) -> Result<(), Failure> {
    let mut args = AddArgs::from_arg_matches(matches)?;
    let [name, place] = exactly("rhelm repo add [NAME] [URL] [flags]", std::mem::take(&mut args.operands))?;
    let gone = DEPRECATED.iter().find(|(old, _)| place.contains(old) && !args.allow_deprecated_repos);
    if let Some((_, new)) = gone {
        return Err(Failure::new(format!("repo {place:?} is no longer available; try {new:?} instead")));
    }
    let _locked = lock(&home.repository_config)?;
    let mut repositories = Repositories::load(&home.repository_config)?;
    let repository = args.repository(name, place)?;
    if repository.name.contains('/') {
        let name = &repository.name;
        return Err(Failure::new(format!(
            "repository name ({name}) contains '/', please specify a different name without '/'"
        )));
    }
    if let Some(known) = repositories.named(&repository.name).filter(|_| !args.force_update) {
        let name = &repository.name;
        if *known != repository {
            return Err(Failure::new(format!("repository name ({name}) already exists, please specify a different name")));
        }
        say(&format!("{name:?} already exists with the same configuration, skipping"));
        return Ok(());
    }
    url::checked(&repository.url)?;
    let access = Access { timeout: Some(args.timeout).filter(|timeout| !timeout.is_zero()), ..repository.access() };
    index::update(home, &repository, access).map_err(|error| match error {
        FetchError::Protocol(_) => error.into(),
        error => {
            let place = shown(&repository.url);
            Failure::new(format!("looks like {place:?} is not a valid chart repository or cannot be reached: {error}"))
        }
    })?;
    let name = repository.name.clone();
    repositories.put(repository);
    repositories.save(&home.repository_config)?;
    say(&format!("{name:?} has been added to your repositories"));
    Ok(())
}

impl AddArgs {
    fn ask_for_password(&self) -> Result<String, Failure> {
        if !self.password_stdin {
            return ask_hidden("Password: ").inspect_err(|_| say(""));
        }
        let mut password = String::new();
        std::io::stdin().read_to_string(&mut password)?;
        Ok(password.trim_end_matches(['\n', '\r']).to_owned())
    }

    fn repository(&self, name: String, url: String) -> Result<Repository, Failure> {
        let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let path = |flag: &Option<String>| flag.clone().unwrap_or_default();
        let mut password = text(&self.password);
        let username = text(&self.username);
        if !username.is_empty() && password.is_empty() {
            password = self.ask_for_password()?;
        }
        Ok(Repository {
            name,
            url,
            username,
            password,
            cert_file: path(&self.cert_file),
            key_file: path(&self.key_file),
            ca_file: path(&self.ca_file),
            insecure: self.insecure_skip_tls_verify,
            pass_credentials: self.pass_credentials,
        })
    }
}
