//! The rules: what credentials of many services look like.
//!
//! The classes are those of the well-known scanners. A rule's pattern is tried only on texts that hold one of its keywords;
//! its first group, or the whole match, is the secret.

use super::Severity::{self, Critical, High, Low, Medium};
use std::borrow::Cow;

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What reports, allow-lists and baselines call it.
    pub id: Cow<'static, str>,
    /// How bad a match is.
    pub severity: Severity,
    /// What it finds.
    pub description: Cow<'static, str>,
    /// Texts, in any case, of which one has to be there.
    pub keywords: Cow<'static, [Cow<'static, str>]>,
    /// A regular expression, on bytes.
    pub pattern: Cow<'static, str>,
    /// How random the secret has to look, in bits per character; 0 for rules that are sure by form.
    pub entropy: f64,
}

/// The rules without pattern, which look at names and values.
pub(crate) const PASSWORD_IN_ENV: &str = "password-in-env";
/// A credential by the name of its field.
pub(crate) const PASSWORD_IN_FIELD: &str = "password-in-field";
/// A credential by the name of its option.
pub(crate) const PASSWORD_IN_ARGUMENT: &str = "password-in-argument";
/// `name = value` within a text.
pub(crate) const PASSWORD_IN_TEXT: &str = "password-in-text";
/// A value that looks random under a name that says nothing.
pub(crate) const HIGH_ENTROPY: &str = "high-entropy-value";

/// What the rules without pattern find, and how bad that is.
pub const BY_NAME: &[(&str, Severity, &str)] = &[
    (PASSWORD_IN_ENV, High, "An environment variable holds a credential"),
    (PASSWORD_IN_FIELD, Medium, "A field holds a credential"),
    (PASSWORD_IN_ARGUMENT, High, "An argument of a program holds a credential"),
    (PASSWORD_IN_TEXT, Medium, "A text, such as a configuration file, assigns a credential"),
    (HIGH_ENTROPY, Low, "A value looks random, as keys and tokens do"),
];

struct Row(&'static str, Severity, &'static str, &'static [&'static str], &'static str, f64);

/// The built-in rules with patterns.
#[must_use]
pub fn built_in() -> Vec<Rule> {
    let rule = |Row(id, severity, description, keywords, pattern, entropy): &'static Row| Rule {
        id: Cow::Borrowed(id),
        severity: *severity,
        description: Cow::Borrowed(description),
        keywords: keywords.iter().map(|&keyword| Cow::Borrowed(keyword)).collect(),
        pattern: Cow::Borrowed(pattern),
        entropy: *entropy,
    };
    ROWS.iter().map(rule).collect()
}

const ROWS: &[Row] = &[
    // Keys
    Row(
        "private-key",
        Critical,
        "Private key",
        &["PRIVATE KEY"],
        r"-----BEGIN[ A-Z0-9_-]{0,40}PRIVATE KEY( BLOCK)?-----\s*(?:\\n|\s)*[A-Za-z0-9+/=:]{16}",
        0.0,
    ),
    Row(
        "age-secret-key",
        Critical,
        "Age secret key",
        &["AGE-SECRET-KEY-1"],
        r"\b(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})\b",
        0.0,
    ),
    Row("putty-private-key", Critical, "PuTTY private key", &["PuTTY-User-Key-File"], r"PuTTY-User-Key-File-[23]: ", 0.0),
    // Clouds
    Row(
        "aws-access-key-id",
        High,
        "AWS access key",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
        3.0,
    ),
    Row(
        "aws-secret-access-key",
        Critical,
        "AWS secret access key",
        &["aws"],
        r#"(?i)aws.{0,24}?(?:secret|private).{0,16}?['"]?\s*(?:=>|:=|[:=])\s*['"]?([A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
        3.5,
    ),
    Row("gcp-api-key", High, "Google API key", &["AIza"], r"\b(AIza[0-9A-Za-z_-]{35})(?:[^0-9A-Za-z_-]|$)", 3.0),
    Row(
        "gcp-oauth-secret",
        High,
        "Google OAuth client secret",
        &["GOCSPX-"],
        r"\b(GOCSPX-[A-Za-z0-9_-]{28})(?:[^0-9A-Za-z_-]|$)",
        0.0,
    ),
    Row(
        "azure-storage-key",
        Critical,
        "Azure storage account key",
        &["AccountKey="],
        r"(?i)AccountKey=([A-Za-z0-9+/]{86}==)",
        0.0,
    ),
    Row(
        "azure-client-secret",
        High,
        "Azure client secret",
        &["Q~"],
        r"(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?:[^A-Za-z0-9_~.-]|$)",
        3.0,
    ),
    Row(
        "azure-sas",
        High,
        "Azure shared access signature",
        &["SharedAccessKey=", "sig="],
        r"(?i)(?:SharedAccessKey=([A-Za-z0-9+/]{43}=)|[?&]se=[^&\s]+&(?:[a-z]+=[^&\s]+&)*sig=([A-Za-z0-9%]{43,}))",
        0.0,
    ),
    Row("alibaba-access-key", High, "Alibaba Cloud access key", &["LTAI"], r"\b(LTAI[A-Za-z0-9]{20})\b", 3.0),
    Row("tencent-secret-id", High, "Tencent Cloud secret id", &["AKID"], r"\b(AKID[A-Za-z0-9]{32})\b", 3.0),
    Row(
        "digitalocean-token",
        Critical,
        "DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"\b(do[por]_v1_[a-f0-9]{64})\b",
        0.0,
    ),
    Row("heroku-key", High, "Heroku API key", &["HRKU-"], r"\b(HRKU-[A-Za-z0-9_-]{36,60})(?:[^A-Za-z0-9_-]|$)", 0.0),
    Row(
        "fly-token",
        High,
        "Fly.io token",
        &["FlyV1 fm", "fo1_"],
        r"\b(fo1_[\w-]{43}|FlyV1 fm[12][ar]?_[A-Za-z0-9+/]{90,}=*)",
        0.0,
    ),
    Row("scaleway-key", High, "Scaleway access key", &["SCW"], r"\b(SCW[A-Z0-9]{17})\b", 3.0),
    Row(
        "yandex-key",
        High,
        "Yandex Cloud key",
        &["AQVN", "YCAJ"],
        r"\b(AQVN[A-Za-z0-9_-]{35,38}|YCAJ[A-Za-z0-9_-]{21})(?:[^A-Za-z0-9_-]|$)",
        3.0,
    ),
    Row(
        "cloudflare-origin-ca-key",
        High,
        "Cloudflare Origin CA key",
        &["v1.0-"],
        r"\b(v1\.0-[a-f0-9]{24}-[a-f0-9]{146})\b",
        0.0,
    ),
    // Source code and packages
    Row(
        "github-token",
        Critical,
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        r"\b(gh[pousr]_[A-Za-z0-9]{36,255})\b",
        3.0,
    ),
    Row(
        "github-fine-grained-token",
        Critical,
        "GitHub fine-grained token",
        &["github_pat_"],
        r"\b(github_pat_[A-Za-z0-9_]{82})\b",
        0.0,
    ),
    Row(
        "gitlab-token",
        Critical,
        "GitLab token",
        &["glpat-", "gldt-", "glrt-", "glptt-", "glagent-", "gloas-", "glsoat-"],
        r"\b(gl(?:pat|dt|rt|ptt|agent|oas|soat)-[A-Za-z0-9_.-]{20,})",
        0.0,
    ),
    Row(
        "bitbucket-token",
        High,
        "Bitbucket token",
        &["ATBB", "ATCTT3"],
        r"\b(ATBB[A-Za-z0-9_]{32}|ATCTT3xFfG[A-Za-z0-9+/=_-]{20,})",
        3.0,
    ),
    Row("atlassian-token", High, "Atlassian token", &["ATATT3"], r"\b(ATATT3[A-Za-z0-9_=-]{180,})", 0.0),
    Row("npm-token", Critical, "npm token", &["npm_"], r"\b(npm_[A-Za-z0-9]{36})\b", 3.0),
    Row("pypi-token", Critical, "PyPI token", &["pypi-AgEIcHlwaS5vcmc"], r"\b(pypi-AgEIcHlwaS5vcmc[\w-]{50,})", 0.0),
    Row("rubygems-token", High, "RubyGems token", &["rubygems_"], r"\b(rubygems_[a-f0-9]{48})\b", 0.0),
    Row("dockerhub-token", High, "Docker Hub token", &["dckr_pat_", "dckr_oat_"], r"\b(dckr_[po]at_[\w-]{27,32})", 0.0),
    Row(
        "docker-auth",
        High,
        "Registry credentials in a Docker configuration",
        &["\"auth\""],
        r#""auth"\s*:\s*"([A-Za-z0-9+/]{8,}={0,2})""#,
        0.0,
    ),
    Row(
        "artifactory-token",
        High,
        "Artifactory token",
        &["AKCp", "cmVmdGtuO"],
        r"\b(AKCp[A-Za-z0-9]{69}|cmVmdGtuO[A-Za-z0-9+/]{55,})",
        0.0,
    ),
    Row("clojars-token", Medium, "Clojars token", &["CLOJARS_"], r"\b(CLOJARS_[a-z0-9]{60})\b", 0.0),
    // Infrastructure
    Row("vault-token", Critical, "Vault token", &["hvs.", "hvb.", "hvr."], r"\b(hv[sbr]\.[A-Za-z0-9_-]{24,})", 3.0),
    Row(
        "terraform-token",
        High,
        "Terraform Cloud token",
        &[".atlasv1."],
        r"\b([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9=_-]{60,70})",
        0.0,
    ),
    Row("pulumi-token", High, "Pulumi token", &["pul-"], r"\b(pul-[a-f0-9]{40})\b", 0.0),
    Row(
        "doppler-token",
        High,
        "Doppler token",
        &["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."],
        r"\b(dp\.(?:pt|st|ct|sa)\.[A-Za-z0-9._-]{40,})",
        0.0,
    ),
    Row("openshift-token", High, "OpenShift token", &["sha256~"], r"\b(sha256~[\w-]{43})(?:[^\w-]|$)", 0.0),
    Row("databricks-token", High, "Databricks token", &["dapi"], r"\b(dapi[a-f0-9]{32}(?:-\d)?)\b", 3.0),
    Row("planetscale-token", High, "PlanetScale token", &["pscale_"], r"\b(pscale_(?:tkn|oauth|pw)_[\w.=-]{32,64})", 0.0),
    Row(
        "supabase-token",
        High,
        "Supabase token",
        &["sbp_", "sb_secret_"],
        r"\b(sbp_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{31})",
        0.0,
    ),
    Row("tailscale-key", High, "Tailscale key", &["tskey-"], r"\b(tskey-[a-z]+-[A-Za-z0-9_-]{20,})", 3.0),
    Row(
        "ngrok-token",
        Medium,
        "ngrok token",
        &["ngrok"],
        r"(?i)ngrok.{0,20}(?:token|key).{0,5}[:=]\s*\W?([A-Za-z0-9]{26,}_[A-Za-z0-9]{20,})",
        3.0,
    ),
    Row(
        "bootstrap-token",
        High,
        "Kubernetes bootstrap token",
        &["bootstrap", "kubeadm", "--token", "token:"],
        r"\b([a-z0-9]{6}\.[a-z0-9]{16})(?:[^a-z0-9.-]|$)",
        3.3,
    ),
    Row(
        "harness-token",
        High,
        "Harness token",
        &["pat.", "sat."],
        r"\b([ps]at\.[A-Za-z0-9_-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20})\b",
        0.0,
    ),
    Row("buildkite-token", High, "Buildkite token", &["bkua_"], r"\b(bkua_[a-f0-9]{40})\b", 0.0),
    Row("prefect-token", High, "Prefect token", &["pnu_"], r"\b(pnu_[A-Za-z0-9]{36})\b", 0.0),
    // Observability
    Row(
        "grafana-token",
        High,
        "Grafana token",
        &["glc_", "glsa_"],
        r"\b(glc_[A-Za-z0-9+/]{32,}={0,2}|glsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8})",
        0.0,
    ),
    Row("grafana-api-key", High, "Grafana API key", &["eyJrIjoi"], r"\b(eyJrIjoi[A-Za-z0-9+/]{60,}={0,2})", 0.0),
    Row(
        "newrelic-key",
        High,
        "New Relic key",
        &["NRAK-", "NRJS-", "NRII-", "NRAL"],
        r"\b(NRAK-[A-Z0-9]{27}|NRJS-[a-f0-9]{19}|NRII-[A-Za-z0-9_-]{32}|[a-f0-9]{36}NRAL)",
        0.0,
    ),
    Row(
        "datadog-key",
        High,
        "Datadog key",
        &["datadog", "dd_api_key", "dd_app_key", "dd-api-key"],
        r#"(?i)(?:datadog|dd)[_.-]?(?:api|app|application)[_.-]?key['"]?\s*[:=]\s*['"]?([a-f0-9]{40}|[a-f0-9]{32})\b"#,
        3.0,
    ),
    Row(
        "sentry-token",
        High,
        "Sentry token",
        &["sntrys_", "sntryu_"],
        r"\b(sntrys_eyJ[A-Za-z0-9+/=_]{80,}|sntryu_[a-f0-9]{64})",
        0.0,
    ),
    Row("dynatrace-token", High, "Dynatrace token", &["dt0"], r"\b(dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64})\b", 0.0),
    Row("honeycomb-key", High, "Honeycomb key", &["hcaik_", "hcxik_"], r"\b(hc[ax]ik_[a-z0-9]{26,58})\b", 0.0),
    Row(
        "pagerduty-key",
        Medium,
        "PagerDuty key",
        &["pagerduty", "pd_key", "service_key", "routing_key"],
        r#"(?i)(?:pagerduty|service_key|routing_key|serviceKey|routingKey).{0,12}?[:=]\s*['"]?([a-f0-9]{32})\b"#,
        3.0,
    ),
    Row(
        "opsgenie-key",
        Medium,
        "Opsgenie key",
        &["opsgenie", "genie"],
        r"(?i)genie.{0,16}key.{0,5}[:=]\s*\W?([a-f0-9]{8}-(?:[a-f0-9]{4}-){3}[a-f0-9]{12})\b",
        0.0,
    ),
    // Messages
    Row(
        "slack-token",
        Critical,
        "Slack token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe", "xapp-"],
        r"\b(xox[bpars]-[0-9A-Za-z-]{10,}|xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{100,}|xapp-\d-[A-Z0-9]+-\d+-[a-z0-9]{30,})",
        3.0,
    ),
    Row(
        "slack-webhook",
        High,
        "Slack webhook",
        &["hooks.slack.com"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9+/]{40,})",
        3.5,
    ),
    Row(
        "discord-webhook",
        High,
        "Discord webhook",
        &["/api/webhooks/"],
        r"discord(?:app)?\.com/api/webhooks/\d{17,20}/([\w-]{60,})",
        0.0,
    ),
    Row(
        "discord-token",
        High,
        "Discord bot token",
        &["discord"],
        r"\b([MNO][A-Za-z0-9_-]{23,25}\.[\w-]{6}\.[\w-]{27,38})(?:[^\w-]|$)",
        3.5,
    ),
    Row(
        "teams-webhook",
        High,
        "Microsoft Teams webhook",
        &["webhook.office.com"],
        r"webhook\.office\.com/webhookb2/([a-f0-9-]{36}@[a-f0-9-]{36}/IncomingWebhook/[a-f0-9]{32}/[a-f0-9-]{36})",
        0.0,
    ),
    Row("telegram-token", High, "Telegram bot token", &[":AA"], r"(?:^|[^0-9])(\d{8,10}:AA[\w-]{33})(?:[^\w-]|$)", 3.5),
    Row("twilio-key", High, "Twilio key", &["twilio", "SK"], r"\b(SK[a-f0-9]{32})\b", 3.0),
    Row("sendgrid-key", Critical, "SendGrid key", &["SG."], r"\b(SG\.[\w-]{16,32}\.[\w-]{32,64})(?:[^\w-]|$)", 3.5),
    Row("mailgun-key", High, "Mailgun key", &["key-", "mailgun"], r"\b(key-[a-f0-9]{32})\b", 3.0),
    Row("mailchimp-key", High, "Mailchimp key", &["-us"], r"\b([a-f0-9]{32}-us\d{1,2})\b", 3.0),
    Row(
        "brevo-key",
        High,
        "Brevo key",
        &["xkeysib-", "xsmtpsib-"],
        r"\b(x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16})\b",
        0.0,
    ),
    // Payment and shops
    Row(
        "stripe-key",
        Critical,
        "Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
        r"\b((?:sk|rk)_(?:live|test|prod)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,}=*)",
        3.0,
    ),
    Row(
        "square-token",
        High,
        "Square token",
        &["sq0atp-", "sq0csp-", "EAAA"],
        r"\b(sq0atp-[\w-]{22}|sq0csp-[\w-]{43}|EAAA[\w-]{60})(?:[^\w-]|$)",
        3.0,
    ),
    Row(
        "shopify-token",
        High,
        "Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        r"\b(shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32})\b",
        0.0,
    ),
    Row("adyen-key", High, "Adyen key", &["AQE"], r"\b(AQE[a-z][A-Za-z0-9+/]{50,}=*-[A-Za-z0-9+/=]{30,}-[\w{}]{10,})", 3.5),
    Row(
        "paypal-token",
        High,
        "PayPal access token",
        &["access_token$production$"],
        r"(access_token\$production\$[a-z0-9]{16}\$[a-f0-9]{32})",
        0.0,
    ),
    // Artificial intelligence
    Row(
        "openai-key",
        Critical,
        "OpenAI key",
        &["sk-"],
        r"\b(sk-(?:proj-|svcacct-|admin-)?[\w-]{20,}T3BlbkFJ[\w-]{20,}|sk-proj-[\w-]{40,})",
        3.0,
    ),
    Row("anthropic-key", Critical, "Anthropic key", &["sk-ant-"], r"\b(sk-ant-(?:api|admin)\d\d-[\w-]{80,})", 0.0),
    Row(
        "huggingface-token",
        High,
        "Hugging Face token",
        &["hf_", "api_org_"],
        r"\b(hf_[A-Za-z]{34}|api_org_[A-Za-z]{34})\b",
        3.0,
    ),
    Row("replicate-token", High, "Replicate token", &["r8_"], r"\b(r8_[A-Za-z0-9]{37})\b", 3.0),
    Row("groq-key", High, "Groq key", &["gsk_"], r"\b(gsk_[A-Za-z0-9]{52})\b", 3.0),
    Row("perplexity-key", High, "Perplexity key", &["pplx-"], r"\b(pplx-[A-Za-z0-9]{48})\b", 3.0),
    // Work
    Row("linear-key", High, "Linear key", &["lin_api_", "lin_oauth_"], r"\b(lin_(?:api|oauth)_[A-Za-z0-9]{40,64})\b", 0.0),
    Row(
        "notion-token",
        High,
        "Notion token",
        &["ntn_", "secret_"],
        r"\b(ntn_[A-Za-z0-9]{40,50}|secret_[A-Za-z0-9]{43})\b",
        3.5,
    ),
    Row("airtable-token", High, "Airtable token", &["pat"], r"\b(pat[A-Za-z0-9]{14}\.[a-f0-9]{64})\b", 0.0),
    Row("figma-token", High, "Figma token", &["figd_"], r"\b(figd_[\w-]{40,})", 3.0),
    Row("postman-key", High, "Postman key", &["PMAK-"], r"\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b", 0.0),
    Row(
        "asana-token",
        Medium,
        "Asana token",
        &["asana"],
        r"(?i)asana.{0,20}[:=]\s*\W?(\d/\d{16}(?:/\d{16})?:[a-f0-9]{32})\b",
        0.0,
    ),
    Row("typeform-token", Medium, "Typeform token", &["tfp_"], r"\b(tfp_[\w.=-]{59})", 3.0),
    Row(
        "sourcegraph-token",
        High,
        "Sourcegraph token",
        &["sgp_"],
        r"\b(sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40})\b",
        0.0,
    ),
    Row(
        "1password-token",
        Critical,
        "1Password service account token",
        &["ops_eyJ"],
        r"\b(ops_eyJ[A-Za-z0-9+/]{200,}={0,2})",
        0.0,
    ),
    Row(
        "okta-token",
        Medium,
        "Okta token",
        &["okta"],
        r#"(?i)okta.{0,20}(?:token|key|ssws).{0,8}?[:=\s]['"\s]*(00[\w-]{40})(?:[^\w-]|$)"#,
        3.0,
    ),
    // Anywhere
    Row(
        "jwt",
        High,
        "JSON Web Token",
        &["eyJ"],
        r"\b(eyJ[A-Za-z0-9_-]{14,}\.eyJ[A-Za-z0-9_-]{14,}\.[A-Za-z0-9_-]{20,})",
        3.0,
    ),
    Row(
        "bearer-token",
        High,
        "Bearer token of an HTTP header",
        &["bearer "],
        r#"(?i)\bbearer\s+([A-Za-z0-9_.~+/-]{20,}=*)"#,
        3.5,
    ),
    Row(
        "basic-auth-header",
        High,
        "Basic authentication of an HTTP header",
        &["basic "],
        r"(?i)authorization['\x22]?\s*[:=]\s*['\x22]?basic\s+([A-Za-z0-9+/]{8,}={0,2})",
        0.0,
    ),
    Row(
        "connection-string",
        High,
        "Connection string with a password",
        &["://"],
        r#"\b[a-zA-Z][a-zA-Z0-9+.-]{1,30}://[^\s:/@'"<>{}]{0,80}:([^\s:/@'"<>]{3,120})@[\w.$\[{(-]"#,
        0.0,
    ),
    Row(
        "database-connection-string",
        High,
        "Database connection string with a password",
        &["password=", "password =", "pwd=", "@tcp(", "@unix("],
        concat!(
            r#"(?i)(?:server|host|data source|user id|uid|user)\s*=[^;\n]{1,80};(?:[^;\n]{1,80};){0,8}\s*(?:password|pwd)\s*=\s*([^;'"\s]{3,})"#,
            r#"|\b(?:host|port|user|dbname) ?= ?[^\s,;()'"]+(?:[ \t]+\w+ ?= ?[^\s,;()]+){0,8}[ \t]+password ?= ?'?([^\s,;()'"]{3,})"#,
            r"|[\w.-]+:([^\s:@/'\x22]{3,120})@(?:tcp|unix)\("
        ),
        0.0,
    ),
    Row(
        "htpasswd-hash",
        Medium,
        "Hash of a password",
        &["$apr1$", "$2a$", "$2b$", "$2y$", "{SHA}", "$5$", "$6$", "$argon2"],
        r"(\$apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22}|\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}|\{SHA\}[A-Za-z0-9+/]{27}=|\$[56]\$(?:rounds=\d+\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}|\$argon2(?:id?|d)\$[\w$=,+/]{40,})",
        0.0,
    ),
];
