//! What `version` tells of itself: Helm's struct, for a Go template or as Go prints it.

use gotemplate::Set;
use gotemplate::function::FunctionTable;
use gotemplate::value::{Exported, Kind, Object, Value};
use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

/// A Helm's build, and this program's version.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(missing_docs, reason = "the names are Helm's")]
pub struct BuildInfo {
    pub version: String,
    pub git_commit: &'static str,
    pub git_tree_state: &'static str,
    pub go_version: &'static str,
    pub kube_client_version: &'static str,
    /// The version of this program.
    pub rhelm: String,
}

/// Why there is no text: Go's words.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("template: {0}")]
pub struct BuildInfoError(String);

impl BuildInfo {
    /// The build of a Helm: `v3` for the last of those, `v3.17.1` for that one, anything else for the Helm whose behaviour this is.
    #[must_use]
    pub fn like(wanted: &str) -> Self {
        let wanted = wanted.trim().trim_start_matches('v');
        let version = match wanted {
            "3" => "v3.19.0".to_owned(),
            exact if crate::version::Version::parse(exact).is_ok() && exact.matches('.').count() == 2 => format!("v{exact}"),
            _ => "v4.3.1".to_owned(),
        };
        let is_old = version.starts_with("v3.");
        Self {
            version,
            git_commit: if is_old {
                "3d8990f0836691f0229297773f3524598f46bda6"
            } else {
                "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff"
            },
            git_tree_state: "clean",
            go_version: if is_old { "go1.24.7" } else { "go1.27.2" },
            kube_client_version: if is_old { "" } else { "v1.37" },
            rhelm: String::new(),
        }
    }

    /// The fields under their names in Go; Helm 3 knows one less.
    fn fields(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("Version", self.version.as_str()),
            ("GitCommit", self.git_commit),
            ("GitTreeState", self.git_tree_state),
            ("GoVersion", self.go_version),
            ("KubeClientVersion", self.kube_client_version),
            ("RhelmVersion", self.rhelm.as_str()),
        ];
        all.into_iter().filter(|(name, value)| *name != "KubeClientVersion" || !value.is_empty()).collect()
    }
}

impl fmt::Display for BuildInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields: Vec<String> = self.fields().into_iter().map(|(name, value)| format!("{name}:{value:?}")).collect();
        write!(f, "version.BuildInfo{{{}}}", fields.join(", "))
    }
}

#[derive(Clone, Debug)]
struct Shown(BuildInfo);

impl Object for Shown {
    fn type_name(&self) -> Cow<'static, str> {
        "version.BuildInfo".into()
    }

    fn kind(&self) -> Kind {
        Kind::Struct
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.0.fields().into_iter().find(|(field, _)| *field == name).map(|(_, value)| Value::string(value))
    }

    fn display(&self) -> String {
        let values: Vec<&str> = self.0.fields().into_iter().map(|(_, value)| value).collect();
        format!("{{{}}}", values.join(" "))
    }

    fn exported(&self) -> Option<Vec<Exported>> {
        let field = |(name, value): (&'static str, &str)| Exported { name, json: name, value: Value::string(value) };
        Some(self.0.fields().into_iter().map(field).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What a Go template makes of it.
///
/// # Errors
/// When the template does not parse or fails.
pub fn render(template: &str, info: &BuildInfo) -> Result<String, BuildInfoError> {
    let failed = |text: String| BuildInfoError(text.trim_start_matches("template: ").to_owned());
    let mut set = Set::new(Rc::new(FunctionTable::default()));
    set.parse("_", template).map_err(|error| failed(error.to_string()))?;
    let mut text = Vec::new();
    let value = Value::Object(Rc::new(Shown(info.clone())));
    set.execute("_", &value, &mut text).map_err(|error| failed(error.to_string()))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_like_the_helm_that_is_wanted() {
        for (wanted, expected) in [("", "v4.3.1"), ("v4", "v4.3.1"), ("v3", "v3.19.0"), ("3.17.1", "v3.17.1")] {
            assert_eq!(render("{{.Version}}", &BuildInfo::like(wanted)), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn errors_are_gos() {
        let error = |template| render(template, &BuildInfo::like("")).err().map(|error| error.to_string());
        assert_eq!(error("{{.Foo").as_deref(), Some("template: _:1: unclosed action"));
        let field = "template: _:1:2: executing \"_\" at <.Foo>: can't evaluate field Foo in type version.BuildInfo";
        assert_eq!(error("{{.Foo}}").as_deref(), Some(field));
    }
}
