//! Every recorded answer of Helm whose template needs nothing but the functions of this module.

use super::testing::environment;
use crate::chart::{Chart, File, Metadata};
use crate::render::context::templates;
use crate::render::{Capabilities, Environment, Input, NoCluster, ReleaseFacts, RenderError};
use gotemplate::function::FunctionTable;
use gotemplate::{MissingKey, Set};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

const NAME: &str = "c/templates/t.yaml";

/// What the engine adds.
const ENGINE: [&str; 5] = ["include", "tpl", "required", "fail", "lookup"];

fn chart(template: &str) -> Chart {
    Chart {
        metadata: Metadata {
            name: "c".into(),
            version: "0.1.0".into(),
            api_version: "v2".into(),
            app_version: "1.16.0".into(),
            description: "test chart".into(),
            ..Metadata::default()
        },
        templates: vec![File { name: "templates/t.yaml".into(), data: template.to_owned().into(), modified: None }],
        ..Chart::default()
    }
}

/// Functions that make RSA keys, which takes minutes where nothing is optimized. Their family tests them.
const SLOW: [&str; 3] = ["genCA ", "genSelfSignedCert ", "genPrivateKey \"\""];

/// What the template writes, or Helm's message; `None` if it calls what the engine adds.
fn render(
    template: &str,
    values: &Json,
    environment: &Environment,
    table: &Rc<FunctionTable>,
) -> Option<Result<Vec<u8>, String>> {
    let values = goyaml::decode(&values.to_string()).expect("JSON");
    let values = values.as_map().cloned().unwrap_or_default();
    let release = ReleaseFacts { name: "release-name".into(), namespace: "default".into(), revision: 1, is_upgrade: false };
    let (chart, capabilities) = (chart(template), Capabilities::default());
    let input = Input {
        chart: &chart,
        values: &values,
        release: &release,
        capabilities: &capabilities,
        environment,
        lookup: Arc::new(NoCluster),
    };
    let context = templates(&input).first().expect("one template").enter();
    let mut set = Set::new(table.clone()).with_name("gotpl").with_missing_key(MissingKey::Zero);
    if let Err(error) = set.parse(NAME, template) {
        let text = error.to_string();
        let is_missing = |name: &&str| text.ends_with(&format!("function \"{name}\" not defined"));
        return (!ENGINE.iter().any(is_missing)).then_some(Err(format!("parse: {text}")));
    }
    let mut out = Vec::new();
    Some(match set.execute(NAME, &context, &mut out) {
        Ok(()) => Ok(out),
        Err(error) => Err(RenderError::execution(error.chain()).to_string()),
    })
}

fn without_no_value(text: Vec<u8>) -> String {
    String::from_utf8_lossy(&text).replace("<no value>", "")
}

/// The differences between what is recorded and what comes out; the number of vectors that ran.
fn differences(file: &str) -> (Vec<String>, usize) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/parity/vectors").join(file);
    let text = std::fs::read_to_string(path).expect("vectors");
    let environment = environment();
    let table = Rc::new(super::table(&environment));
    let mut ran = 0;
    let mut different = Vec::new();
    for line in text.lines() {
        let vector: Json = serde_json::from_str(line).expect("a vector");
        let template = vector["template"].as_str().expect("a template");
        if SLOW.iter().any(|call| template.contains(call)) {
            continue;
        }
        let Some(result) = render(template, &vector["values"], &environment, &table) else { continue };
        let (found, expected) = match (&vector["output"], result) {
            (Json::String(expected), Ok(found)) => (without_no_value(found), expected.clone()),
            (Json::String(expected), Err(found)) => (format!("error: {found}"), expected.clone()),
            (_, Ok(found)) => (without_no_value(found), expected_error(&vector)),
            (_, Err(found)) if found.starts_with("parse: ") => continue,
            (_, Err(found)) => (found, expected_error(&vector)),
        };
        ran += 1;
        if found != expected {
            different
                .push(format!("{template}\n  values   {}\n  found    {found:?}\n  expected {expected:?}", vector["values"]));
        }
    }
    (different, ran)
}

fn expected_error(vector: &Json) -> String {
    let text = vector["stderr"].as_str().expect("what Helm prints");
    let text = text.strip_prefix("Error: ").unwrap_or(text);
    text.split("\n\nUse --debug").next().unwrap_or_default().to_owned()
}

#[test]
fn functions_answer_as_helm() {
    let (different, ran) = differences("functions.jsonl");
    assert!(different.is_empty(), "{} of {ran}\n{}", different.len(), different.join("\n"));
}

#[test]
fn functions_answer_what_was_asked() {
    let (different, ran) = differences("asked.jsonl");
    assert!(different.is_empty(), "{} of {ran}\n{}", different.len(), different.join("\n"));
}

/// What Helm 4.3.1 registers beside the built-ins of Go's templates.
const REGISTERED: &str = "
    abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base bcrypt
    biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date dateInZone dateModify
    date_in_zone date_modify decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration
    durationDays durationHours durationMicroseconds durationMilliseconds durationMinutes durationNanoseconds durationRound
    durationRoundTo durationSeconds durationTruncateTo durationWeeks empty encryptAES ext fail first float64 floor
    fromJson fromJsonArray fromToml fromYaml fromYamlArray genCA genCAWithKey genPrivateKey genSelfSignedCert
    genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get getHostByName has hasKey hasPrefix hasSuffix hello
    htmlDate htmlDateInZone htpasswd include indent initial initials int int64 isAbs join kebabcase keys kindIs kindOf
    last list lookup lower max maxf merge mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact
    mustDateModify mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite
    mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral
    mustRegexSplit mustRest mustReverse mustSlice mustToDate mustToDuration mustToJson mustToPrettyJson mustToRawJson
    mustToToml mustToYaml mustUniq mustWithout must_date_modify nindent nospace now omit osBase osClean osDir osExt
    osIsAbs pick pluck plural prepend push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric regexFind
    regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat replace required rest
    reverse round semver semverCompare seq set sha1sum sha256sum sha512sum shuffle slice snakecase sortAlpha split
    splitList splitn squote sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString
    toStrings toToml toYaml toYamlPretty tpl trim trimAll trimPrefix trimSuffix trimall trunc tuple typeIs typeIsLike
    typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap wrapWith
";

#[test]
fn the_names_are_those_that_helm_registers() {
    let table = super::table(&environment());
    let known: BTreeSet<&str> = table.names().chain(ENGINE).collect();
    let registered: BTreeSet<&str> = REGISTERED.split_whitespace().collect();
    let missing: Vec<_> = registered.difference(&known).collect();
    let unknown: Vec<_> = known.difference(&registered).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown to Helm {unknown:?}");
}
