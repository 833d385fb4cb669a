//! The fields of a record, in the order and with the omissions of Helm's types. Writing borrows from the release.

use super::json::{Plain, PlainMap};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Go's standard encoding: padded, not minding the last unused bits.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

type Text<'a> = Cow<'a, str>;

fn zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What is `null` counts as absent, as in Go.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Record<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(deserialize_with = "lenient")]
    pub(super) info: Info<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) chart: Option<Chart<'a>>,
    #[serde(skip_serializing_if = "PlainMap::is_empty", deserialize_with = "lenient")]
    pub(super) config: PlainMap<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) manifest: Text<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub(super) hooks: Vec<Hook<'a>>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) version: u32,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) namespace: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) apply_method: Text<'a>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Info<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) first_deployed: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) last_deployed: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) deleted: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) description: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) status: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) rollback_revision: u32,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) notes: Text<'a>,
    /// Shown, never stored.
    #[serde(skip_deserializing, skip_serializing_if = "zero")]
    pub(super) resources: BTreeMap<String, Vec<serde_json::Value>>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Chart<'a> {
    pub(super) metadata: Option<Metadata<'a>>,
    pub(super) lock: Option<Lock<'a>>,
    pub(super) templates: Option<Vec<File<'a>>>,
    pub(super) values: Option<PlainMap<'a>>,
    pub(super) schema: Option<Bytes<'a>>,
    #[serde(deserialize_with = "lenient")]
    pub(super) schemamodtime: Text<'a>,
    pub(super) files: Option<Vec<File<'a>>>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) modtime: Text<'a>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct File<'a> {
    #[serde(deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(deserialize_with = "lenient")]
    pub(super) data: Bytes<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) modtime: Text<'a>,
}

/// Bytes, as base64 text.
#[derive(Default)]
pub(super) struct Bytes<'a>(pub(super) Cow<'a, [u8]>);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = Vec::new();
        super::from_base64(text.as_bytes(), &mut bytes).map_err(D::Error::custom)?;
        Ok(Self(Cow::Owned(bytes)))
    }
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) home: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) sources: Cow<'a, [String]>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) version: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) description: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) keywords: Cow<'a, [String]>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub(super) maintainers: Vec<Maintainer<'a>>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) icon: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) api_version: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) condition: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) tags: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) app_version: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) deprecated: bool,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) annotations: Cow<'a, BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) kube_version: Text<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub(super) dependencies: Vec<Dependency<'a>>,
    #[serde(rename = "type", skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) chart_type: Text<'a>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Maintainer<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) email: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) url: Text<'a>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Dependency<'a> {
    #[serde(deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) version: Text<'a>,
    #[serde(deserialize_with = "lenient")]
    pub(super) repository: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) condition: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) tags: Cow<'a, [String]>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) enabled: bool,
    #[serde(rename = "import-values", skip_serializing_if = "Vec::is_empty", deserialize_with = "lenient")]
    pub(super) import_values: Vec<Plain<'a>>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) alias: Text<'a>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Lock<'a> {
    #[serde(deserialize_with = "lenient")]
    pub(super) generated: Text<'a>,
    #[serde(deserialize_with = "lenient")]
    pub(super) digest: Text<'a>,
    pub(super) dependencies: Option<Vec<Dependency<'a>>>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Hook<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) name: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) kind: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) path: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) manifest: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) events: Cow<'a, [String]>,
    #[serde(deserialize_with = "lenient")]
    pub(super) last_run: LastRun<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) weight: i64,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) delete_policies: Cow<'a, [String]>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) output_log_policies: Cow<'a, [String]>,
}

#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct LastRun<'a> {
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) started_at: Text<'a>,
    #[serde(skip_serializing_if = "zero", deserialize_with = "lenient")]
    pub(super) completed_at: Text<'a>,
    #[serde(deserialize_with = "lenient")]
    pub(super) phase: Text<'a>,
}
