//! `.Capabilities` as templates see it: Helm's structs with their fields and methods.

use super::{Capabilities, KubeVersion};
use gotemplate::function::ParameterType;
use gotemplate::value::{Exported, Kind, MethodError, Object, Value};
use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

const GIT_COMMIT: &str = "c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff";

/// The Helm whose behaviour this is, field by field: Go's name, JSON's name, value.
const HELM: [(&str, &str, &str); 5] = [
    ("Version", "version", "v4.3.1"),
    ("GitCommit", "git_commit", GIT_COMMIT),
    ("GitTreeState", "git_tree_state", "clean"),
    ("GoVersion", "go_version", "go1.27.2"),
    ("KubeClientVersion", "kube_client_version", "v1.37"),
];

#[derive(Clone, Debug)]
struct ApiVersions(Vec<String>);

#[derive(Clone, Copy, Debug)]
struct HelmVersion;

impl Object for Capabilities {
    fn type_name(&self) -> Cow<'static, str> {
        "*common.Capabilities".into()
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(match name {
            "KubeVersion" => Value::Object(Rc::new(self.kube_version.clone())),
            "APIVersions" => Value::Object(Rc::new(ApiVersions(self.api_versions.clone()))),
            "HelmVersion" => Value::Object(Rc::new(HelmVersion)),
            _ => return None,
        })
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(["KubeVersion", "APIVersions", "HelmVersion"].map(|name| (name, self.field(name).unwrap_or_default())).into())
    }

    fn deep_copied(&self) -> Option<Value> {
        let kube_version = self.kube_version.without_normalized();
        Some(Value::Object(Rc::new(Self { kube_version, api_versions: self.api_versions.clone() })))
    }

    fn display(&self) -> String {
        let versions = ApiVersions(self.api_versions.clone());
        format!("&{{{} {} {}}}", self.kube_version.display(), versions.display(), HelmVersion.display())
    }

    /// Of a pointer without methods for texts, Go's templates print what it points to.
    fn printed(&self) -> String {
        self.display().split_off(1)
    }

    fn exported(&self) -> Option<Vec<Exported>> {
        let field = |name| Exported { name, json: name, value: self.field(name).unwrap_or_default() };
        Some(["KubeVersion", "APIVersions", "HelmVersion"].map(field).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl KubeVersion {
    /// What its method `String` says.
    fn text(&self) -> &str {
        if self.normalized.is_empty() { &self.version } else { &self.normalized }
    }

    fn without_normalized(&self) -> Self {
        Self { normalized: String::new(), ..self.clone() }
    }
}

impl Object for KubeVersion {
    fn type_name(&self) -> Cow<'static, str> {
        "common.KubeVersion".into()
    }

    fn field(&self, name: &str) -> Option<Value> {
        Some(Value::string(match name {
            "Version" => self.version.as_str(),
            "Major" => self.major.as_str(),
            "Minor" => self.minor.as_str(),
            _ => return None,
        }))
    }

    fn method(&self, name: &str) -> Option<usize> {
        matches!(name, "String" | "GitVersion").then_some(0)
    }

    fn call(&self, name: &str, _: &[Value]) -> Result<Value, MethodError> {
        Ok(Value::string(if name == "String" { self.text() } else { &self.version }))
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        let fields = [
            ("Version", &self.version),
            ("normalizedVersion", &self.normalized),
            ("Major", &self.major),
            ("Minor", &self.minor),
        ];
        Some(fields.map(|(name, text)| (name, Value::string(text.as_str()))).into())
    }

    fn deep_copied(&self) -> Option<Value> {
        Some(Value::Object(Rc::new(self.without_normalized())))
    }

    fn display(&self) -> String {
        format!("{{{} {} {} {}}}", self.version, self.normalized, self.major, self.minor)
    }

    fn printed(&self) -> String {
        self.text().to_owned()
    }

    fn exported(&self) -> Option<Vec<Exported>> {
        let field = |name| Exported { name, json: name, value: self.field(name).unwrap_or_default() };
        Some(["Version", "Major", "Minor"].map(field).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for ApiVersions {
    fn type_name(&self) -> Cow<'static, str> {
        "common.VersionSet".into()
    }

    fn kind(&self) -> Kind {
        Kind::Slice
    }

    fn method(&self, name: &str) -> Option<usize> {
        (name == "Has").then_some(1)
    }

    fn parameter(&self, _: &str, _: usize) -> ParameterType {
        ParameterType::String
    }

    fn call(&self, _: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        match arguments {
            [Value::String(wanted)] => Ok(Value::Bool(self.0.iter().any(|known| known.as_bytes() == wanted.as_bytes()))),
            _ => Err(MethodError::WrongType { index: 0, expected: "string" }),
        }
    }

    fn display(&self) -> String {
        format!("[{}]", self.0.join(" "))
    }

    fn len(&self) -> Option<usize> {
        Some(self.0.len())
    }

    fn entries(&self) -> Option<Vec<(Value, Value)>> {
        Some((0..).map(Value::Int).zip(self.0.iter().map(|version| Value::string(version.as_str()))).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for HelmVersion {
    fn type_name(&self) -> Cow<'static, str> {
        "version.BuildInfo".into()
    }

    fn field(&self, name: &str) -> Option<Value> {
        HELM.iter().find(|(field, ..)| *field == name).map(|(.., value)| Value::string(*value))
    }

    fn display(&self) -> String {
        format!("{{{}}}", HELM.map(|(.., value)| value).join(" "))
    }

    fn fields(&self) -> Option<Vec<(&'static str, Value)>> {
        Some(HELM.map(|(name, _, value)| (name, Value::string(value))).into())
    }

    fn exported(&self) -> Option<Vec<Exported>> {
        Some(HELM.map(|(name, json, value)| Exported { name, json, value: Value::string(value) }).into())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_print_as_helm_prints_them() {
        let version = KubeVersion::parse("1.33.4-gke.1").expect("a version");
        assert_eq!(version.printed(), "v1.33.4");
        assert_eq!(version.display(), "{v1.33.4-gke.1 v1.33.4 1 33}");
        let capabilities = Capabilities { kube_version: version, api_versions: vec!["v1".into(), "apps/v1".into()] };
        let helm = "{v4.3.1 c0d08d0d6d9424d4a14febb5e8a3e51b0dd00dff clean go1.27.2 v1.37}";
        assert_eq!(capabilities.display(), format!("&{{{{v1.33.4-gke.1 v1.33.4 1 33}} [v1 apps/v1] {helm}}}"));
    }

    #[test]
    fn versions_are_found_whole() {
        let versions = ApiVersions(vec!["v1".into(), "apps/v1".into()]);
        let has = |version: &str| matches!(versions.call("Has", &[Value::string(version)]), Ok(Value::Bool(true)));
        assert_eq!((has("apps/v1"), has("apps/v1/Deployment"), has("apps")), (true, false, false));
    }
}
