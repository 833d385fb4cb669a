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
#[error("invalid kube version '{text}': could not parse \"{text}\" as version")]
pub struct KubeVersionError {
    text: String,
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
    /// Reads a version: an optional `v`, two or three numbers, and anything after `-` or `+`.
    ///
    /// # Errors
    /// [`KubeVersionError`] when it is none.
    pub fn parse(text: &str) -> Result<Self, KubeVersionError> {
        let error = || KubeVersionError { text: text.to_owned() };
        let bare = text.strip_prefix('v').unwrap_or(text);
        let end = bare.find(['-', '+']).unwrap_or(bare.len());
        let numbers: Vec<&str> = bare[..end].split('.').collect();
        let is_number = |part: &&str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && (part.len() == 1 || !part.starts_with('0'))
        };
        if !(2..=3).contains(&numbers.len()) || !numbers.iter().all(is_number) {
            return Err(error());
        }
        Ok(Self {
            version: format!("v{bare}"),
            normalized: format!("v{}", &bare[..end]),
            major: numbers[0].to_owned(),
            minor: numbers[1].to_owned(),
        })
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
        let error = KubeVersion::parse("abc").expect_err("no version").to_string();
        assert_eq!(error, "invalid kube version 'abc': could not parse \"abc\" as version");
    }
}
