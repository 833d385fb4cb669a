//! Telling credentials from other values, by their names and by what they look like.

/// Whether a name is that of a credential, and how sure that is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Name {
    /// `password`, `DB_PASS`: whatever the value is.
    Password,
    /// `token`, `apiKey`, `client_secret`: a value that looks like one.
    Key,
}

/// What a field's, variable's or option's name says of its value. Only its end counts: `tokenUrl` is a URL.
pub(super) fn classify(name: &str) -> Option<Name> {
    let words = words(name);
    if is_digest(&words) {
        return None;
    }
    let words: Vec<&str> = words.iter().map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit())).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let words = match words.as_slice() {
        [front @ .., "value" | "plain" | "plaintext" | "text"] if !front.is_empty() => front,
        all => all,
    };
    let (&last, front) = words.split_last()?;
    let before = front.last().copied().unwrap_or_default();
    let password = ["password", "passwords", "passwd", "passphrase"].iter().any(|word| last.ends_with(word))
        || (last == "pwd" && !front.is_empty())
        || (last == "pass" && !["proxy", "fastcgi", "uwsgi", "grpc", "by", "first", "second"].contains(&before));
    let key = KEYS.contains(&last) || (last == "key" && KINDS_OF_KEY.contains(&before));
    match (password, key) {
        (true, _) if !["no", "disable", "reset", "forgot", "hash", "show"].contains(&before) => Some(Name::Password),
        (_, true) => Some(Name::Key),
        _ => None,
    }
}

/// A digest of a credential is none.
fn is_digest(words: &[String]) -> bool {
    const DIGESTS: &[&str] =
        &["checksum", "hash", "digest", "sha", "sha1", "sha256", "sha512", "md5", "etag", "fingerprint"];
    words.iter().any(|word| DIGESTS.iter().any(|digest| word.ends_with(digest)))
}

const KEYS: &[&str] = &[
    "token",
    "secret",
    "credential",
    "credentials",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
    "authkey",
    "encryptionkey",
    "authtoken",
    "accesstoken",
    "apitoken",
    "clientsecret",
];

const KINDS_OF_KEY: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "auth",
    "account",
    "master",
    "license",
    "hmac",
    "session",
    "cookie",
    "crypt",
    "application",
    "service",
];

/// The words of `DB_PASSWORD`, `dbPassword`, `db.pass-word`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    let chars: Vec<char> = name.chars().collect();
    for (index, &c) in chars.iter().enumerate() {
        if !c.is_alphanumeric() {
            before = ' ';
            continue;
        }
        let next_is_lower = chars.get(index + 1).is_some_and(|next| next.is_lowercase());
        let begins =
            before == ' ' || (c.is_uppercase() && (before.is_lowercase() || (before.is_uppercase() && next_is_lower)));
        match words.last_mut() {
            Some(word) if !begins => word.extend(c.to_lowercase()),
            _ => words.push(c.to_lowercase().collect()),
        }
        before = c;
    }
    words
}

/// Whether a value stands for itself, and not for something to be put in its place, looked up, or chosen.
pub(super) fn is_literal(value: &str) -> bool {
    let value = value.trim();
    // A second dollar is that of a hash: `$2y$10$…`.
    let variable = value.starts_with('$') && value.matches('$').count() == 1;
    let placeholder = variable
        || ["$(", "${", "%", "{{", "<", "@@", "#{", "[[", "@{"].iter().any(|mark| value.starts_with(mark))
        || ["{{", "$(", "${", "#{"].iter().any(|mark| value.contains(mark));
    let masked = value.len() >= 3 && value.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '#' | '_' | '•'));
    let word = [
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "null",
        "nil",
        "none",
        "undefined",
        "enabled",
        "disabled",
        "required",
        "optional",
        "auto",
    ]
    .iter()
    .any(|word| word.eq_ignore_ascii_case(value));
    let lower = value.to_ascii_lowercase();
    let example = ["placeholder", "redacted", "replace_me", "replace-me", "replaceme", "your-", "your_"]
        .iter()
        .any(|word| lower.contains(word));
    !(value.is_empty() || placeholder || masked || word || example || is_location(value))
}

/// A path or an address, where a credential may be found.
fn is_location(value: &str) -> bool {
    let schemes = [
        "http://", "https://", "file:", "env:", "vault:", "ref+", "arn:", "secret:", "op://", "gcp:", "aws:", "awssm:",
        "doppler:",
    ];
    value.starts_with(['/', '.', '~']) || schemes.iter().any(|scheme| value.starts_with(scheme))
}

/// Whether a value of a field called `token`, `secret` or the like is one, and not the name of an object or of a key in it.
pub(super) fn looks_like_key(value: &str) -> bool {
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_-.~:!@#$%^&*".contains(&byte);
    let plain = value.bytes().all(alphabet);
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let mixed = value.bytes().any(|byte| byte.is_ascii_uppercase()) && value.bytes().any(|byte| byte.is_ascii_lowercase());
    plain && value.len() >= 12 && letters > 0 && (digits >= 3 || mixed) && entropy(value) >= 3.2 && !is_name(value)
}

/// Whether a value is the name of a credential, and not one itself: `postgres-password`, `config.token`.
pub(super) fn is_reference(value: &str) -> bool {
    classify(value).is_some() && value.len() > 1 && is_name(value) && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// Names of objects and the like: words joined by dashes, dots or underscores.
fn is_name(value: &str) -> bool {
    let parts: Vec<&str> = value.split(['-', '.', '_', '/', ':']).collect();
    let word = |part: &&str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let lower = part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let capital = part.bytes().skip(1).all(|byte| byte.is_ascii_lowercase());
        let upper = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        part.len() <= 16 && (lower || capital || upper) && (digits <= 2 || digits == part.len())
    };
    parts.iter().all(word) && (parts.len() > 1 || value.len() < 16)
}

/// Whether a document may hold a value that [`looks_random`] accepts: a long run of letters of both cases and digits.
pub(super) fn has_random_run(document: &[u8]) -> bool {
    let (mut length, mut classes) = (0_usize, 0_u8);
    for &byte in document {
        let class = match byte {
            b'a'..=b'z' => 1,
            b'A'..=b'Z' => 2,
            b'0'..=b'9' => 4,
            b'+' | b'/' | b'=' | b'_' | b'-' => 8,
            _ => 0,
        };
        (length, classes) = if class == 0 { (0, 0) } else { (length + 1, classes | class) };
        if length >= SHORTEST_RANDOM && classes & 5 == 5 {
            return true;
        }
    }
    false
}

const SHORTEST_RANDOM: usize = 24;

/// Whether a value under a name that does not say so looks like a key all the same.
pub(super) fn looks_random(name: &str, value: &str) -> bool {
    const PUBLIC: &[&str] = &[
        "ca",
        "cert",
        "certificate",
        "certs",
        "crt",
        "bundle",
        "public",
        "pub",
        "uid",
        "uuid",
        "id",
        "ids",
        "revision",
        "commit",
        "thumbprint",
        "signature",
        "integrity",
        "image",
        "tag",
        "version",
        "config",
        "generation",
        "subject",
        "modulus",
        "icon",
        "logo",
        "base64",
        "data",
        "json",
        "arn",
        "role",
        "pem",
    ];
    let length = value.len();
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-');
    if !(SHORTEST_RANDOM..=128).contains(&length) || !value.bytes().all(alphabet) || !is_literal(value) {
        return false;
    }
    let count = |class: fn(&u8) -> bool| value.bytes().filter(class).count();
    let (lower, upper, digits) = (count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase), count(u8::is_ascii_digit));
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit()) && digits >= 8 && lower + upper >= 6;
    let mixed = lower >= 4 && upper >= 4 && digits >= 3 && !value.contains("--");
    // Of the lengths of SHA-1, SHA-256, SHA-384 and SHA-512 a digest is far more likely.
    let digest = [40, 64, 96, 128].contains(&length);
    let random = if hexadecimal { length >= 32 && !digest && entropy(value) >= 3.3 } else { mixed && entropy(value) >= 4.2 };
    let words = words(name);
    let public = is_digest(&words) || words.iter().any(|word| PUBLIC.contains(&word.as_str()));
    random && !public && !is_name(value)
}

/// Bits per character.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    text.bytes().for_each(|byte| counts[usize::from(byte)] += 1);
    let length = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX));
    let shares = counts.iter().filter(|&&count| count > 0).map(|&count| f64::from(count) / length);
    shares.map(|share| -share * share.log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let passwords = [
            "password",
            "DB_PASSWORD",
            "dbPassword",
            "mysql.root-password",
            "PGPASS",
            "pass",
            "adminPasswordValue",
            "PASSWORD2",
        ];
        assert_eq!(
            passwords.map(|name| classify(name) == Some(Name::Password)),
            [true, true, true, true, false, true, true, true]
        );
        let keys = ["token", "apiKey", "API_KEY", "clientSecret", "aws_secret_access_key", "x-auth-token", "jwtSecret"];
        assert_eq!(keys.map(classify), [Some(Name::Key); 7]);
        let others = [
            "tokenUrl",
            "passwordFile",
            "secretName",
            "key",
            "publicKey",
            "automount",
            "PASSWORD_MIN_LENGTH",
            "compass",
            "apiKeyRef",
        ];
        assert_eq!(others.map(classify), [None; 9]);
        assert_eq!(classify("automountServiceAccountToken"), Some(Name::Key));
    }

    #[test]
    fn values() {
        let literal = ["hunter2", "changeme", "P@ss w0rd", "12345"];
        assert_eq!(literal.map(is_literal), [true; 4]);
        let others = [
            "",
            "$(DB)",
            "${DB}",
            "a-${DB}",
            "{{ .x }}",
            "<password>",
            "****",
            "xxx",
            "true",
            "/run/secrets/x",
            "https://x/y",
            "vault:a/b",
        ];
        assert_eq!(others.map(is_literal), [false; 12]);
    }

    #[test]
    fn digests_do_not_look_random() {
        let hexadecimal = |length| "3fa91c7e08d2b645".chars().cycle().take(length).collect::<String>();
        assert_eq!([32, 48, 40, 64].map(|length| looks_random("x", &hexadecimal(length))), [true, true, false, false]);
        assert!(!looks_random("checksum/config", &hexadecimal(32)));
    }

    #[test]
    fn keys_look_random() {
        let keys = ["a8f5f167f44f4964e6c998dee827110c", "Zm9vYmFyYmF6cXV4", "ghJ2kd83jKs92kLq"];
        assert_eq!(keys.map(looks_like_key), [true; 3]);
        let names = ["my-release-postgresql", "postgres-password", "web", "prod-db-1-credentials", "admin_secret_key"];
        assert_eq!(names.map(looks_like_key), [false; 5]);
    }
}
