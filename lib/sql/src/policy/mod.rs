//! Who may do what to the records of which namespaces: Kubernetes' verbs, as roles and row-level policies of PostgreSQL.
//!
//! ```text
//! grants ← RBAC objects, or words     grants → statements (generate)     grants × roles → what really happens (test)
//! ```
//! Complete for PostgreSQL 13 to 17. Helm's own grants are not enough, and too much: everybody may truncate its tables, which
//! no policy sees; nobody else may read the list of migrations, without which no client starts; labels need policies as well. What rhelm
//! keeps beside records, in a table of its own, is as well guarded as they are.

mod rbac;
mod test;

pub use rbac::{RbacError, grants_of_rbac};
pub use test::{Attempt, test};

use crate::companions::TABLE;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// What can be done to a record, in the words of Kubernetes. Reading needs both `get` and `list`: SQL does not tell them apart.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
#[expect(missing_docs, reason = "the names are Kubernetes'")]
pub enum Verb {
    Read,
    Create,
    Update,
    Delete,
}

impl Verb {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Read, Self::Create, Self::Update, Self::Delete];

    /// One word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Those that Kubernetes' verbs allow.
    fn of_kubernetes<'a>(words: impl Iterator<Item = &'a str>) -> BTreeSet<Self> {
        let words: BTreeSet<&str> = words.collect();
        let has = |verb: &str| words.contains(verb) || words.contains("*");
        let allowed = |verb: &Self| match verb {
            Self::Read => words.contains("read") || (has("get") && has("list")),
            verb => has(verb.name()),
        };
        Self::ALL.into_iter().filter(allowed).collect()
    }
}

/// What one role may do: verbs by namespace; the namespace `*` is every one.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Grants(pub BTreeMap<String, BTreeMap<String, BTreeSet<Verb>>>);

/// A grant that is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0:?} is no grant: want ROLE:NAMESPACE:VERB,… with the verbs get, list, create, update, delete, read or *")]
pub struct GrantError(String);

impl Grants {
    /// Adds verbs for a role in a namespace.
    pub fn add(&mut self, role: &str, namespace: &str, verbs: &BTreeSet<Verb>) {
        let namespaces = self.0.entry(role.to_owned()).or_default();
        namespaces.entry(namespace.to_owned()).or_default().extend(verbs);
    }

    /// Adds what `ROLE:NAMESPACE:VERB,…` says.
    ///
    /// # Errors
    /// [`GrantError`].
    pub fn add_words(&mut self, text: &str) -> Result<(), GrantError> {
        const KNOWN: [&str; 9] = ["get", "list", "watch", "create", "update", "patch", "delete", "read", "*"];
        // A service account's name has colons of its own.
        let mut fields = text.rsplitn(3, ':');
        let (Some(verbs), Some(namespace), Some(role)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(GrantError(text.to_owned()));
        };
        if role.is_empty() || namespace.is_empty() || verbs.split(',').any(|verb| !KNOWN.contains(&verb)) {
            return Err(GrantError(text.to_owned()));
        }
        self.add(role, namespace, &Verb::of_kubernetes(verbs.split(',')));
        Ok(())
    }

    /// Whether a role may do something in a namespace.
    #[must_use]
    pub fn allow(&self, role: &str, namespace: &str, verb: Verb) -> bool {
        let namespaces = self.0.get(role);
        let granted = |name: &str| namespaces.and_then(|all| all.get(name)).is_some_and(|verbs| verbs.contains(&verb));
        granted(namespace) || granted("*")
    }

    /// The condition on a column with the namespace under which a role may do any of these; `None` for nowhere.
    fn condition(&self, role: &str, column: &str, verbs: &[Verb]) -> Option<String> {
        let namespaces = self.0.get(role)?;
        let mut granted = namespaces.iter().filter(|(_, granted)| verbs.iter().any(|verb| granted.contains(verb)));
        let names: Vec<_> = granted.by_ref().map(|(name, _)| name.as_str()).collect();
        match names.as_slice() {
            [] => None,
            names if names.contains(&"*") => Some("true".to_owned()),
            names => {
                Some(format!("{column} IN ({})", names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(", ")))
            }
        }
    }

    /// The statements that make a database grant this and nothing else, to be run by the owner of Helm's tables. They may be
    /// run again, with other grants: policies of earlier runs go.
    #[must_use]
    pub fn statements(&self) -> String {
        let mut sql = start();
        for (number, role) in self.0.keys().enumerate() {
            self.add_role(&mut sql, number, role);
        }
        sql.push_str("COMMIT;\n");
        sql
    }

    fn add_role(&self, sql: &mut String, number: usize, role: &str) {
        let (name, text) = (identifier(role), literal(role));
        let mut add = |line: String| {
            // Writing to a string does not fail.
            let _ = writeln!(sql, "{line}");
        };
        add(format!("\n-- {}", role.escape_debug()));
        add(format!(
            "DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {text}) THEN CREATE ROLE {name} NOLOGIN; END IF; END $do$;"
        ));
        add(format!("DO $do$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), {text}); END $do$;"));
        add(format!("REVOKE ALL ON {TABLES}, gorp_migrations FROM {name};"));
        add(format!("GRANT SELECT ON gorp_migrations TO {name};"));
        add(format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {TABLES} TO {name};"));
        for (table, column, commands) in RULES {
            for (command, verbs) in commands {
                let Some(condition) = self.condition(role, column, verbs) else { continue };
                let clause = match command {
                    "INSERT" => format!("WITH CHECK ({condition})"),
                    "UPDATE" => format!("USING ({condition}) WITH CHECK ({condition})"),
                    _ => format!("USING ({condition})"),
                };
                let policy = format!("rhelm_{number}_{}", command.to_ascii_lowercase());
                add(format!("CREATE POLICY {policy} ON {table} FOR {command} TO {name} {clause};"));
            }
        }
    }
}

/// What needs which of these verbs, as commands of SQL.
type Commands = [(&'static str, &'static [Verb]); 4];

const OF_RECORDS: Commands =
    [("SELECT", &[Verb::Read]), ("INSERT", &[Verb::Create]), ("UPDATE", &[Verb::Update]), ("DELETE", &[Verb::Delete])];

const OF_LABELS: Commands = [
    ("SELECT", &[Verb::Read]),
    ("INSERT", &[Verb::Create, Verb::Update]),
    ("UPDATE", &[Verb::Update]),
    ("DELETE", &[Verb::Update, Verb::Delete]),
];

/// Each table, its column with the namespace, and what needs which verbs there. What is kept beside records is as well guarded as they.
const RULES: [(&str, &str, Commands); 3] = [
    ("releases_v1", "namespace", OF_RECORDS),
    ("custom_labels_v1", "releasenamespace", OF_LABELS),
    ("rhelm_companions_v1", "namespace", OF_RECORDS),
];

const TABLES: &str = "releases_v1, custom_labels_v1, rhelm_companions_v1";

/// What comes before all roles.
fn start() -> String {
    format!(
        "\
-- Roles and row-level policies for release records. To be run by the owner of the tables, who is not bound by them.
BEGIN;
{TABLE}
ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;
ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;
ALTER TABLE rhelm_companions_v1 ENABLE ROW LEVEL SECURITY;
-- Helm grants everything to everybody, TRUNCATE included, which no policy sees.
REVOKE ALL ON {TABLES}, gorp_migrations FROM PUBLIC;
-- Before PostgreSQL 15 everybody may create tables that hide others.
DO $do$ BEGIN EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema()); END $do$;
-- Policies of an earlier run, and those that the tables were made with.
DO $do$
DECLARE old record;
BEGIN
  FOR old IN SELECT policyname, tablename FROM pg_policies
    WHERE schemaname = current_schema() AND tablename IN ('releases_v1', 'custom_labels_v1', 'rhelm_companions_v1')
      AND policyname ~ '^rhelm_([0-9]+|default)_(select|insert|update|delete)$|^rhelm_with_its_record$'
  LOOP EXECUTE format('DROP POLICY %I ON %I', old.policyname, old.tablename); END LOOP;
END $do$;
"
    )
}

/// A name in quotes.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('\0', "").replace('"', "\"\""))
}

/// A text in quotes, whatever the server takes a backslash for.
pub(crate) fn literal(text: &str) -> String {
    let text = text.replace('\0', "").replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", text.replace('\\', "\\\\")) } else { format!("'{text}'") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_grants() {
        let mut grants = Grants::default();
        for words in ["team:a:get,list,create", "team:b:*", "team:*:delete", "system:serviceaccount:n:x:a:get"] {
            grants.add_words(words).expect("a grant");
        }
        let allowed = |namespace| Verb::ALL.map(|verb| grants.allow("team", namespace, verb));
        assert_eq!(allowed("a"), [true, true, false, true]);
        assert_eq!(allowed("b"), [true; 4]);
        assert_eq!(allowed("c"), [false, false, false, true]);
        assert!(!grants.allow("system:serviceaccount:n:x", "a", Verb::Read), "get alone is not reading");
        for words in ["team", "team:a", "team:a:fly", ":a:get", "team::get"] {
            assert!(grants.add_words(words).is_err(), "{words}");
        }
    }

    #[test]
    fn names_stay_within_their_quotes() {
        assert_eq!(identifier("a\"; DROP"), "\"a\"\"; DROP\"");
        assert_eq!(literal("a'b\\"), "E'a''b\\\\'");
    }
}
