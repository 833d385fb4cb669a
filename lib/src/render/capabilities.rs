//! What `.Capabilities` says: the Kubernetes version and the API versions, asked for, built in or reported by a server.

/// The Kubernetes and Helm facts that templates can ask for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Capabilities {
    /// The Kubernetes version.
    pub kube_version: KubeVersion,
    /// `apps/v1`, and `apps/v1/Deployment` too when a server reported them.
    pub api_versions: Vec<String>,
}

/// A Kubernetes version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KubeVersion {
    /// As given, with a leading `v`: `v1.33.4-gke.1`.
    pub version: String,
    /// Without what follows the numbers: `v1.33.4`.
    pub normalized: String,
    /// `1`.
    pub major: String,
    /// `33`.
    pub minor: String,
}

/// A text that is no Kubernetes version.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("invalid kube version '{text}': {cause}")]
pub struct KubeVersionError {
    text: String,
    cause: String,
}

impl Default for Capabilities {
    fn default() -> Self {
        Self {
            kube_version: KubeVersion::default(),
            api_versions: DEFAULT_API_VERSIONS.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Default for KubeVersion {
    fn default() -> Self {
        Self { version: "v1.37.0".into(), normalized: "v1.37.0".into(), major: "1".into(), minor: "37".into() }
    }
}

impl KubeVersion {
    /// Reads a version: an optional `v`, two or more numbers with dots between them, and anything after that.
    ///
    /// # Errors
    /// [`KubeVersionError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, KubeVersionError> {
        let error = |cause: String| KubeVersionError { text: text.to_owned(), cause };
        let start = text.trim_start();
        let components = components(start.strip_prefix('v').unwrap_or(start));
        if components.is_empty() {
            return Err(error(format!("could not parse {text:?} as version")));
        }
        if components.len() == 1 {
            return Err(error(format!("illegal version string {text:?}")));
        }
        if components[0].starts_with('0') && components[0] != "0" {
            let cause = format!("illegal zero-prefixed version component {:?} in {text:?}", components[0]);
            return Err(error(cause));
        }
        let mut numbers = Vec::new();
        for component in components {
            let number: u64 = component.parse().map_err(|_| {
                let cause = format!("strconv.ParseUint: parsing {component:?}: value out of range");
                error(format!("illegal non-numeric version component {component:?} in {text:?}: {cause}"))
            })?;
            numbers.push(number.to_string());
        }
        Ok(Self {
            version: format!("v{}", text.strip_prefix('v').unwrap_or(text)),
            normalized: format!("v{}", numbers.join(".")),
            major: numbers[0].clone(),
            minor: numbers[1].clone(),
        })
    }
}

/// The leading `1`, `33`, `4` of `1.33.4-gke.1`.
fn components(text: &str) -> Vec<&str> {
    let mut components = Vec::new();
    let mut rest = text;
    loop {
        let (number, tail) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
        if number.is_empty() {
            return components;
        }
        components.push(number);
        match tail.strip_prefix('.') {
            Some(tail) => rest = tail,
            None => return components,
        }
    }
}

/// What Helm 4.3.1 assumes when it asks no server, in its order.
const DEFAULT_API_VERSIONS: &[&str] = &[
    "v1",
    "admissionregistration.k8s.io/v1",
    "admissionregistration.k8s.io/v1alpha1",
    "admissionregistration.k8s.io/v1beta1",
    "internal.apiserver.k8s.io/v1alpha1",
    "apps/v1",
    "apps/v1beta1",
    "apps/v1beta2",
    "authentication.k8s.io/v1",
    "authentication.k8s.io/v1alpha1",
    "authentication.k8s.io/v1beta1",
    "authorization.k8s.io/v1",
    "authorization.k8s.io/v1beta1",
    "autoscaling/v1",
    "autoscaling/v2",
    "batch/v1",
    "batch/v1beta1",
    "certificates.k8s.io/v1",
    "certificates.k8s.io/v1beta1",
    "certificates.k8s.io/v1alpha1",
    "coordination.k8s.io/v1alpha2",
    "coordination.k8s.io/v1beta1",
    "coordination.k8s.io/v1",
    "discovery.k8s.io/v1",
    "discovery.k8s.io/v1beta1",
    "events.k8s.io/v1",
    "events.k8s.io/v1beta1",
    "extensions/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1",
    "flowcontrol.apiserver.k8s.io/v1beta1",
    "flowcontrol.apiserver.k8s.io/v1beta2",
    "flowcontrol.apiserver.k8s.io/v1beta3",
    "lifecycle.k8s.io/v1alpha1",
    "networking.k8s.io/v1",
    "networking.k8s.io/v1beta1",
    "node.k8s.io/v1",
    "node.k8s.io/v1alpha1",
    "node.k8s.io/v1beta1",
    "policy/v1",
    "policy/v1beta1",
    "rbac.authorization.k8s.io/v1",
    "rbac.authorization.k8s.io/v1beta1",
    "rbac.authorization.k8s.io/v1alpha1",
    "resource.k8s.io/v1",
    "resource.k8s.io/v1beta2",
    "resource.k8s.io/v1beta1",
    "resource.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1alpha3",
    "scheduling.k8s.io/v1beta1",
    "scheduling.k8s.io/v1",
    "storage.k8s.io/v1beta1",
    "storage.k8s.io/v1",
    "storage.k8s.io/v1alpha1",
    "storagemigration.k8s.io/v1",
    "storagemigration.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1beta1",
    "apiextensions.k8s.io/v1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_normalized_as_helm_does() {
        let parts = |text| KubeVersion::parse(text).map(|v| (v.version, v.normalized, v.major, v.minor));
        let owned = |a: &str, b: &str, c: &str, d: &str| Ok((a.into(), b.into(), c.into(), d.into()));
        assert_eq!(parts("1.33.4-gke.1"), owned("v1.33.4-gke.1", "v1.33.4", "1", "33"));
        assert_eq!(parts("v1.20"), owned("v1.20", "v1.20", "1", "20"));
        assert_eq!(parts("1.31+x"), owned("v1.31+x", "v1.31", "1", "31"));
        assert_eq!(parts("1.33_x"), owned("v1.33_x", "v1.33", "1", "33"));
        assert_eq!(parts("1.2.03"), owned("v1.2.03", "v1.2.3", "1", "2"));
        assert_eq!(parts(" 1.2."), owned("v 1.2.", "v1.2", "1", "2"));
    }

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn what_is_no_version() {
        let cause = |text| KubeVersion::parse(text).expect_err("no version").cause;
        assert_eq!(cause("vv1.2"), "could not parse \"vv1.2\" as version");
        assert_eq!(cause("1..2"), "illegal version string \"1..2\"");
        assert_eq!(cause("v01.2"), "illegal zero-prefixed version component \"01\" in \"v01.2\"");
        let error = KubeVersion::parse("abc").expect_err("no version").to_string();
        assert_eq!(error, "invalid kube version 'abc': could not parse \"abc\" as version");
    }
}
