//! Every rule with a pattern finds what it is for. The credentials are made up here, piece by piece, so that none is in the file.

use super::{Scanner, built_in};

const LETTERS: &str = "qVbK3xZr8TmYw2LdPgNfHs5RjCt7EuXk9AvBo4WiGz6MnDyQh1aJcFlS0pUeIO";
const LOWER: &str = "k3x8m2d5j7u9v4w6n1q0zrtyplghsbfcaeio";
const UPPER: &str = "QK7XZ2TMYLDP4NFHS5RJCEUABWGVI3O6";
const HEX: &str = "3fa91c7e08d2b645";

fn some(alphabet: &str, count: usize) -> String {
    alphabet.chars().cycle().take(count).collect()
}

/// A rule, and a text with its credential.
fn examples() -> Vec<(&'static str, String)> {
    let x = |count| some(LETTERS, count);
    let low = |count| some(LOWER, count);
    let up = |count| some(UPPER, count);
    let hex = |count| some(HEX, count);
    vec![
        ("private-key", format!("-----BEGIN RSA {}-----\n{}\n", "PRIVATE KEY", x(64))),
        ("private-key", format!("-----BEGIN {} BLOCK-----\\n{}", "PGP PRIVATE KEY", x(64))),
        ("age-secret-key", format!("AGE-SECRET-KEY-1{}", some("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58))),
        ("aws-access-key-id", format!("AKIA{}", up(16))),
        ("aws-secret-access-key", format!("AWS_SECRET_ACCESS_KEY: {}", x(40))),
        ("aws-secret-access-key", format!("aws_secret_access_key = {}\n", x(40))),
        ("gcp-api-key", format!("AIza{}", x(35))),
        ("gcp-oauth-secret", format!("GOCSPX-{}", x(28))),
        ("azure-storage-key", format!("DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==;", x(86))),
        ("azure-client-secret", format!("{}8Q~{}", x(3), x(34))),
        ("azure-sas", format!("Endpoint=sb://a/;SharedAccessKey={}=", x(43))),
        ("alibaba-access-key", format!("LTAI{}", x(20))),
        ("digitalocean-token", format!("dop_v1_{}", hex(64))),
        ("github-token", format!("ghp_{}", x(36))),
        ("github-fine-grained-token", format!("github_pat_{}", x(82))),
        ("gitlab-token", format!("glpat-{}", x(20))),
        ("npm-token", format!("npm_{}", x(36))),
        ("pypi-token", format!("pypi-AgEIcHlwaS5vcmc{}", x(60))),
        ("dockerhub-token", format!("dckr_pat_{}", x(27))),
        ("docker-auth", format!("{{\"auths\":{{\"r\":{{\"auth\":\"{}==\"}}}}}}", x(22))),
        ("vault-token", format!("hvs.{}", x(24))),
        ("terraform-token", format!("{}.atlasv1.{}", x(14), x(64))),
        ("doppler-token", format!("dp.pt.{}", x(43))),
        ("databricks-token", format!("dapi{}", hex(32))),
        ("tailscale-key", format!("tskey-auth-{}", x(30))),
        ("bootstrap-token", format!("kubeadm join --token {}.{}", low(6), some("z4k8q1m7x2v9w3n6", 16))),
        ("grafana-token", format!("glsa_{}_{}", x(32), hex(8))),
        ("newrelic-key", format!("NRAK-{}", up(27))),
        ("datadog-key", format!("DD_API_KEY: {}", hex(32))),
        ("sentry-token", format!("sntryu_{}", hex(64))),
        ("pagerduty-key", format!("service_key: {}", hex(32))),
        ("slack-token", format!("xoxb-{}", x(40))),
        ("slack-webhook", format!("https://hooks.slack.com/services/T{}/B{}/{}", up(10), up(10), x(24))),
        ("discord-webhook", format!("https://discord.com/api/webhooks/{}/{}", "1".repeat(18), x(68))),
        ("telegram-token", format!("1234567890:AA{}", x(33))),
        ("twilio-key", format!("SK{}", hex(32))),
        ("sendgrid-key", format!("SG.{}.{}", x(22), x(43))),
        ("mailgun-key", format!("key-{}", hex(32))),
        ("mailchimp-key", format!("{}-us12", hex(32))),
        ("stripe-key", format!("sk_live_{}", x(24))),
        ("square-token", format!("sq0atp-{}", x(22))),
        ("shopify-token", format!("shpat_{}", hex(32))),
        ("openai-key", format!("sk-proj-{}", x(48))),
        ("anthropic-key", format!("sk-ant-api03-{}", x(95))),
        ("huggingface-token", format!("hf_{}", some("qVbKxZrTmYwLdPgNfHsRjCtEuXk", 34))),
        ("groq-key", format!("gsk_{}", x(52))),
        ("linear-key", format!("lin_api_{}", x(40))),
        ("notion-token", format!("ntn_{}", x(46))),
        ("postman-key", format!("PMAK-{}-{}", hex(24), hex(34))),
        ("jwt", format!("eyJ{}.eyJ{}.{}", x(30), x(50), x(43))),
        ("bearer-token", format!("Authorization: Bearer {}", x(32))),
        ("basic-auth-header", format!("authorization: Basic {}==", x(22))),
        ("connection-string", format!("postgres://user:{}@db:5432/x", "hunter2")),
        ("connection-string", format!("amqp://:{}@$HOST/", "hunter2")),
        ("database-connection-string", format!("Server=db;Database=x;User Id=sa;Password={};", "hunter2")),
        ("database-connection-string", format!("host=db port=5432 user=web password={} dbname=x", "password")),
        ("database-connection-string", format!("user = web password = '{}'", "hunter2")),
        ("database-connection-string", format!("web:{}@tcp(db:3306)/web", "hunter2")),
        ("htpasswd-hash", format!("admin:$2y$10${}", x(53))),
        ("htpasswd-hash", format!("admin:$apr1${}${}", x(8), x(22))),
    ]
}

#[test]
fn rules_find_what_they_are_for() {
    let scanner = Scanner::new(built_in(), &[]).expect("rules");
    for (rule, text) in examples() {
        assert!(scanner.is_suspicious(text.as_bytes()), "{rule}: {text}");
        let (matches, _) = scanner.matches(&text);
        let found: Vec<_> = matches.iter().map(|(index, _)| scanner.rule(*index).id.as_ref()).collect();
        assert!(found.contains(&rule), "{rule}: {text}: {found:?}");
    }
}

#[test]
fn rules_leave_other_texts_alone() {
    let scanner = Scanner::new(built_in(), &[]).expect("rules");
    let texts = [
        "postgres://user:$(PASSWORD)@db/x",
        "postgres://user:${PASSWORD}@db/x",
        "http://host:8080/path@2",
        "connect(host=host, user=user, password=password)",
        "host=db user=web password=$PASSWORD",
        "user = web\n\npassword = hunter2",
        "web:${PASSWORD}@tcp(db:3306)/web",
        "image: example.com/app@sha256:0123456789abcdef",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "Bearer token of the service account",
        "AKIAIOSFODNN",
        "DD_API_KEY: $(DD_API_KEY)",
        "monkey-business and key-value pairs",
    ];
    for text in texts {
        assert_eq!(scanner.matches(text).0, [], "{text}");
    }
}
