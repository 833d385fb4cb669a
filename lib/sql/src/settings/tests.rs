//! Connection strings and what they mean.

use super::*;

fn settings(text: &str, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    let variable = |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    match Database::parse(text, &variable)? {
        Database::Postgres(settings) => Ok(*settings),
        Database::Sqlite(path) => panic!("a file: {}", path.display()),
    }
}

fn host(name: &str, port: u16) -> Host {
    Host { name: name.to_owned(), port }
}

#[test]
fn all_forms_mean_the_same() {
    let expected = Settings {
        hosts: vec![host("db.example", 6543)],
        user: "u ser".into(),
        password: Some("p@s:s'".into()),
        database: "helm".into(),
        ssl_mode: SslMode::VerifyFull,
        options: "-c search_path=a,\\ b".into(),
        ..Settings::default()
    };
    let forms = [
        "postgresql://u%20ser:p%40s%3As'@db.example:6543/helm?sslmode=verify-full&search_path=a,+b",
        "postgres://db.example:6543/helm?user=u%20ser&password=p%40s:s'&sslmode=verify-full&search_path=a,%20b",
        "host=db.example port=6543 dbname=helm user='u ser' password='p@s:s\\'' sslmode=verify-full search_path='a, b'",
        "  host = db.example port=6543 dbname=helm user=u\\ ser password=p@s:s\\' sslmode = verify-full search_path=a,\\ b ",
    ];
    for form in forms {
        assert_eq!(settings(form, &[]).as_ref(), Ok(&expected), "{form}");
    }
}

#[test]
fn what_is_not_said_comes_from_variables_or_is_helms_default() {
    let bare = settings("", &[("USER", "me")]).expect("valid");
    let expected =
        Settings { hosts: vec![host("localhost", 5432)], user: "me".into(), database: "me".into(), ..Settings::default() };
    assert_eq!(bare, expected);
    let variables = [
        ("PGHOST", "/run/pg"),
        ("PGPORT", "5433"),
        ("PGUSER", "u"),
        ("PGPASSWORD", "secret"),
        ("PGDATABASE", "d"),
        ("PGSSLMODE", "disable"),
        ("PGCONNECT_TIMEOUT", "3"),
        ("PGAPPNAME", "tests"),
        ("PGOPTIONS", "-c a=b"),
        ("PGTARGETSESSIONATTRS", "read-write"),
        ("PGSSLROOTCERT", "/ca"),
    ];
    let from_variables = settings("dbname=other", &variables).expect("valid");
    let expected = Settings {
        hosts: vec![host("/run/pg", 5433)],
        user: "u".into(),
        password: Some("secret".into()),
        database: "other".into(),
        ssl_mode: SslMode::Disable,
        connect_timeout: Some(Duration::from_secs(3)),
        application_name: Some("tests".into()),
        options: "-c a=b".into(),
        read_write: true,
        root_certificate: Some("/ca".into()),
        client_certificate: None,
    };
    assert_eq!(from_variables, expected);
}

#[test]
fn several_hosts_have_ports_of_their_own_or_share_one() {
    let hosts = |text| settings(text, &[]).map(|settings| settings.hosts);
    assert_eq!(hosts("postgres://a:1,b:2,[::1]:3/d"), Ok(vec![host("a", 1), host("b", 2), host("::1", 3)]));
    assert_eq!(hosts("postgres://a,b/d?port=7"), Ok(vec![host("a", 7), host("b", 7)]));
    assert_eq!(hosts("host=a,b port=1,2"), Ok(vec![host("a", 1), host("b", 2)]));
    assert_eq!(hosts("postgres://%2Frun%2Fpg/d"), Ok(vec![host("/run/pg", 5432)]));
    assert_eq!(hosts("postgres:///d?host=/run/pg&port=9"), Ok(vec![host("/run/pg", 9)]));
    assert!(hosts("host=a,b,c port=1,2").is_err());
}

#[test]
fn a_file_is_a_database_too() {
    let parse = |text| Database::parse(text, &|_| None);
    assert_eq!(parse("sqlite:///var/lib/a%20b.db"), Ok(Database::Sqlite("/var/lib/a b.db".into())));
    assert_eq!(parse("sqlite://x.db"), Ok(Database::Sqlite("x.db".into())));
    assert!(parse("sqlite://").is_err());
}

#[test]
fn errors_show_no_password() {
    let cases = [
        ("mysql://u:SECRET@h/db", "missing \"=\" in connection info string (not shown: it may hold a password)"),
        ("postgresql://u:SECRET%zz@h/db", "invalid connection URL: a broken escape (% without two digits)"),
        ("password='SECRET", "unterminated quoted string in connection info string"),
        ("postgresql://u:SECRET@h:x/db", "invalid connection URL: a port that is no number"),
        (
            "user=u sslmode=requirepassword=SECRET",
            "invalid value for connection option \"sslmode\": want disable, allow, prefer, require, verify-ca or verify-full",
        ),
        ("SEC-RET=a", "a connection option with a name that is none (not shown: it may hold a password)"),
        ("postgresql://h/db?password=SECRET&a", "invalid connection URL: a parameter without a value"),
    ];
    for (text, expected) in cases {
        let error = settings(text, &[]).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
    }
    let shown = format!("{:?}", settings("password=SECRET", &[]).expect("valid"));
    assert!(!shown.contains("SECRET"), "{shown}");
}

#[test]
fn what_would_lead_elsewhere_is_refused() {
    for (text, variables) in [("service=x", &[][..]), ("postgresql:///db?service=x", &[]), ("", &[("PGSERVICE", "x")])] {
        let error = settings(text, variables).expect_err("refused").to_string();
        let expected = "connection option \"service\" is not supported: write out what it stands for, or leave it out";
        assert_eq!(error, expected);
    }
    for option in ["sslcrl", "sslcrldir", "require_auth", "requirepeer"] {
        assert_eq!(settings(&format!("{option}=x"), &[]), Err(SettingsError::Unsupported(option)));
    }
}

#[test]
fn passwords_are_looked_up_in_a_private_file() {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    writeln!(file, "# comment\nother:*:*:*:no\nh:5432:d:u:one\\:two\n*:*:*:*:rest").expect("written");
    let text = format!("host=h dbname=d user=u passfile={}", file.path().display());
    assert_eq!(settings(&text, &[]).expect("valid").password.as_deref(), Some("one:two"));
    let text = text.replace("user=u", "user=v");
    assert_eq!(settings(&text, &[]).expect("valid").password.as_deref(), Some("rest"));
    assert_eq!(settings(&(text + " password=given"), &[]).expect("valid").password.as_deref(), Some("given"));
}
