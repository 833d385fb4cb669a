//! Asking a hub for charts.

use crate::{Access, FetchError, Fetcher};
use rhelm_lib::gourl::{self, Url};
use serde_json::Value as Json;

/// A chart that a hub knows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HubChart {
    /// The page about it.
    pub url: String,
    /// The newest version.
    pub version: String,
    /// The version of what is in it.
    pub app_version: String,
    /// What it is.
    pub description: String,
    /// The repository's URL.
    pub repository_url: String,
    /// The repository's name.
    pub repository_name: String,
}

/// The charts that a hub finds for these words. An answer that is no JSON counts as none, as with Helm.
///
/// # Errors
/// When the hub cannot be asked.
pub fn search(endpoint: &str, words: &str) -> Result<Vec<HubChart>, FetchError> {
    let shown = gourl::shown(endpoint);
    let refused = |cause: String| FetchError::Other(format!("unable to create connection to {shown:?}: {cause}"));
    if Url::read(endpoint).map_err(refused)?.hostname().is_empty() {
        return Err(refused("no hostname provided".into()));
    }
    let target = format!("{}/api/chartsvc/v1/charts/search?q={}", endpoint.trim_end_matches('/'), query(words));
    let answer = Fetcher::new(Access::default()).get(&target, endpoint);
    let answer = answer.map_err(|_| FetchError::Other(format!("unable to perform search against {shown:?}")))?;
    let answer: Json = serde_json::from_slice(&answer).unwrap_or_default();
    Ok(answer["data"].as_array().into_iter().flatten().map(|item| chart(endpoint, item)).collect())
}

fn chart(endpoint: &str, item: &Json) -> HubChart {
    let text = |path: &str| item.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
    let page = text("/artifactHub/packageUrl");
    let url = if page.is_empty() { format!("{endpoint}/charts/{}", text("/id")) } else { page };
    let latest = "/relationships/latestChartVersion/data";
    HubChart {
        url,
        version: text(&format!("{latest}/version")),
        app_version: text(&format!("{latest}/app_version")),
        description: text("/attributes/description"),
        repository_url: text("/attributes/repo/url"),
        repository_name: text("/attributes/repo/name"),
    }
}

/// As forms are encoded.
fn query(words: &str) -> String {
    let encode = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    words.bytes().map(encode).collect()
}
