//! Objects that hold records, as the server sends them: protobuf from one that speaks it for them, JSON from any other.

use super::Kind;
use crate::protobuf;
use bytes::Bytes;
use k8s_openapi::ByteString;
use prost::{DecodeError, Message};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;

/// Whole objects, or a list of them.
pub(super) const WHOLE: &str = "application/vnd.kubernetes.protobuf,application/json";
/// A list without what its objects hold; whole objects from a server that does not know that.
pub(super) const HEADS: &str = "application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,\
                                application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";
/// The same of one object, as JSON.
pub(super) const HEAD: &str = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";

/// A list, or a page of one.
#[derive(Debug, PartialEq)]
pub(super) struct List {
    pub(super) items: Vec<Item>,
    /// Where to go on; empty at the end.
    pub(super) next: String,
}

/// An object, and what it holds under each key.
#[derive(Debug, PartialEq)]
pub(super) struct Item {
    pub(super) metadata: Metadata,
    pub(super) data: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Deserialize, Message, PartialEq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    #[prost(string, tag = "1")]
    pub(super) name: String,
    #[prost(string, tag = "3")]
    pub(super) namespace: String,
    #[prost(string, tag = "6")]
    pub(super) resource_version: String,
    #[prost(btree_map = "string, string", tag = "11")]
    #[serde(default)]
    pub(super) labels: BTreeMap<String, String>,
    #[prost(btree_map = "string, string", tag = "12")]
    #[serde(default)]
    pub(super) annotations: BTreeMap<String, String>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct ListMetadata {
    #[serde(rename = "continue")]
    next: String,
}

#[derive(Deserialize)]
struct JsonList<T> {
    #[serde(default)]
    metadata: ListMetadata,
    items: Option<Vec<T>>,
}

#[derive(Deserialize)]
struct JsonSecret {
    metadata: Metadata,
    #[serde(default)]
    data: BTreeMap<String, ByteString>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JsonConfigMap {
    metadata: Metadata,
    #[serde(default)]
    data: BTreeMap<String, String>,
    #[serde(default)]
    binary_data: BTreeMap<String, ByteString>,
}

#[derive(Clone, Message, PartialEq)]
struct ListMessage {
    #[prost(message, required, tag = "1")]
    metadata: ListMetadataMessage,
    #[prost(bytes = "bytes", repeated, tag = "2")]
    items: Vec<Bytes>,
}

#[derive(Clone, Message, PartialEq)]
struct ListMetadataMessage {
    #[prost(string, tag = "3")]
    next: String,
}

#[derive(Clone, Message, PartialEq)]
struct SecretMessage {
    #[prost(message, required, tag = "1")]
    metadata: Metadata,
    #[prost(btree_map = "string, bytes", tag = "2")]
    data: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Message, PartialEq)]
struct ConfigMapMessage {
    #[prost(message, required, tag = "1")]
    metadata: Metadata,
    /// Text.
    #[prost(btree_map = "string, bytes", tag = "2")]
    data: BTreeMap<String, Vec<u8>>,
    #[prost(btree_map = "string, bytes", tag = "3")]
    binary_data: BTreeMap<String, Vec<u8>>,
}

impl From<JsonSecret> for Item {
    fn from(JsonSecret { metadata, data }: JsonSecret) -> Self {
        Self { metadata, data: data.into_iter().map(|(key, ByteString(bytes))| (key, bytes)).collect() }
    }
}

impl From<JsonConfigMap> for Item {
    fn from(JsonConfigMap { metadata, data, binary_data }: JsonConfigMap) -> Self {
        let texts = data.into_iter().map(|(key, text)| (key, text.into_bytes()));
        Self { metadata, data: texts.chain(binary_data.into_iter().map(|(key, ByteString(bytes))| (key, bytes))).collect() }
    }
}

impl From<SecretMessage> for Item {
    fn from(SecretMessage { metadata, data }: SecretMessage) -> Self {
        Self { metadata, data }
    }
}

impl From<ConfigMapMessage> for Item {
    fn from(ConfigMapMessage { metadata, data, binary_data }: ConfigMapMessage) -> Self {
        Self { metadata, data: data.into_iter().chain(binary_data).collect() }
    }
}

/// Reads one object.
///
/// # Errors
/// Why it cannot be read; nothing of what it holds.
pub(super) fn read(kind: Kind, answer: Vec<u8>) -> Result<Item, String> {
    let is_protobuf = protobuf::is_in(&answer);
    match kind {
        Kind::Secret if is_protobuf => message::<SecretMessage>(answer.into()),
        Kind::ConfigMap if is_protobuf => message::<ConfigMapMessage>(answer.into()),
        Kind::Secret => json::<JsonSecret>(&answer).map(Item::from),
        Kind::ConfigMap => json::<JsonConfigMap>(&answer).map(Item::from),
    }
}

/// Reads a list.
///
/// # Errors
/// Why it cannot be read; nothing of what it holds.
pub(super) fn read_list(kind: Kind, answer: Vec<u8>) -> Result<List, String> {
    let is_protobuf = protobuf::is_in(&answer);
    match kind {
        Kind::Secret if is_protobuf => messages::<SecretMessage>(answer.into()),
        Kind::ConfigMap if is_protobuf => messages::<ConfigMapMessage>(answer.into()),
        Kind::Secret => jsons::<JsonSecret>(&answer),
        Kind::ConfigMap => jsons::<JsonConfigMap>(&answer),
    }
}

fn message<M: Message + Default + Into<Item>>(answer: Bytes) -> Result<Item, String> {
    protobuf::read::<M>(answer).map(Into::into).map_err(|error| error.to_string())
}

fn messages<M: Message + Default + Into<Item>>(answer: Bytes) -> Result<List, String> {
    let list: ListMessage = protobuf::read(answer).map_err(|error| error.to_string())?;
    let items = list.items.into_iter().map(|item| M::decode(item).map(Into::into));
    let items = items.collect::<Result<_, DecodeError>>().map_err(|error| error.to_string())?;
    Ok(List { items, next: list.metadata.next })
}

/// Of the failure only the place is told.
fn json<T: DeserializeOwned>(answer: &[u8]) -> Result<T, String> {
    let place = |error: serde_json::Error| format!("unexpected JSON at line {} column {}", error.line(), error.column());
    serde_json::from_slice(answer).map_err(place)
}

fn jsons<T: DeserializeOwned + Into<Item>>(answer: &[u8]) -> Result<List, String> {
    let JsonList { metadata, items } = json::<JsonList<T>>(answer)?;
    Ok(List { items: items.into_iter().flatten().map(Into::into).collect(), next: metadata.next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata() -> Metadata {
        let texts = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
        Metadata {
            name: "a".into(),
            namespace: "n".into(),
            resource_version: "7".into(),
            labels: texts("owner", "helm"),
            annotations: texts("b", "c"),
        }
    }

    const METADATA: &str =
        r#"{"name":"a","namespace":"n","uid":"u","resourceVersion":"7","labels":{"owner":"helm"},"annotations":{"b":"c"}}"#;

    /// As a server sends it.
    fn answer(raw: &[u8]) -> Vec<u8> {
        let length = u8::try_from(raw.len()).expect("short");
        assert!(length < 128, "one byte tells the length");
        [b"k8s\0\x0a\x00\x12", &[length][..], raw].concat()
    }

    #[test]
    fn both_forms_say_the_same() {
        let bytes = |text: &str| text.as_bytes().to_vec();
        let data = BTreeMap::from([("release".to_owned(), bytes("H4sI"))]);
        let item = Item { metadata: metadata(), data: data.clone() };
        let secret = SecretMessage { metadata: metadata(), data: data.clone() }.encode_to_vec();
        let json = format!(r#"{{"kind":"Secret","metadata":{METADATA},"data":{{"release":"SDRzSQ=="}},"type":"x"}}"#);
        assert_eq!(read(Kind::Secret, answer(&secret)).as_ref(), Ok(&item));
        assert_eq!(read(Kind::Secret, json.clone().into_bytes()).as_ref(), Ok(&item));
        let list = ListMessage {
            metadata: ListMetadataMessage { next: "more".into() },
            items: vec![SecretMessage { metadata: metadata(), data }.encode_to_vec().into()],
        };
        let read_list = |answer| super::read_list(Kind::Secret, answer).expect("a list");
        let expected = List { items: vec![item], next: "more".into() };
        assert_eq!(read_list(answer(&list.encode_to_vec())), expected);
        assert_eq!(read_list(format!(r#"{{"metadata":{{"continue":"more"}},"items":[{json}]}}"#).into_bytes()), expected);
        assert_eq!(read_list(br#"{"items":null}"#.to_vec()), List { items: Vec::new(), next: String::new() });
    }

    #[test]
    fn config_maps_hold_text_and_bytes() {
        let text = BTreeMap::from([("release".to_owned(), b"H4sI".to_vec())]);
        let binary = BTreeMap::from([("other".to_owned(), vec![0, 255])]);
        let message = ConfigMapMessage { metadata: metadata(), data: text.clone(), binary_data: binary.clone() };
        let json = format!(r#"{{"metadata":{METADATA},"data":{{"release":"H4sI"}},"binaryData":{{"other":"AP8="}}}}"#);
        let expected = Item { metadata: metadata(), data: text.into_iter().chain(binary).collect() };
        assert_eq!(read(Kind::ConfigMap, answer(&message.encode_to_vec())).as_ref(), Ok(&expected));
        assert_eq!(read(Kind::ConfigMap, json.into_bytes()).as_ref(), Ok(&expected));
    }

    #[test]
    fn what_is_damaged_is_refused_and_not_shown() {
        let refused = |answer: &[u8]| read(Kind::Secret, answer.to_vec()).expect_err("damaged");
        let json = format!(r#"{{"metadata":{METADATA},"data":{{"release":"secret!"}}}}"#);
        assert_eq!(refused(json.as_bytes()), format!("unexpected JSON at line 1 column {}", json.len() - 2));
        let cut = "failed to decode Protobuf message: Unknown.raw: buffer underflow";
        assert_eq!(refused(b"k8s\0\x12\x7fsecret"), cut);
    }
}
