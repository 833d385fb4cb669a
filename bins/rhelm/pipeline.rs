//! The shell pipe that does what `rhelm install` does.
//!
//! A plain `sh` does not see that a stage in the middle of a pipe failed. So a stage that fails empties the release file, which
//! `rhelm-apply` reads after its standard input has ended, and then applies nothing.

use super::apply_args::{ApplyArgs, FirstArgs};
use super::rendering::RenderingArgs;
use rhelm_cli::{ChartArgs, DependencyArgs, Format, GlobalArgs, Labels, StringList, ValuesArgs};

/// What the pipe is made of.
pub(crate) struct Parts<'a> {
    pub(crate) global: &'a GlobalArgs,
    pub(crate) name: &'a str,
    pub(crate) chart: &'a str,
    pub(crate) rendering: &'a RenderingArgs,
    pub(crate) stages: &'a [Vec<String>],
    pub(crate) apply: &'a ApplyArgs,
    pub(crate) first: &'a FirstArgs,
}

/// The pipe, in words that any `sh` understands.
pub(crate) fn text(parts: &Parts<'_>) -> String {
    let mut render = vec!["rhelm-render".to_owned(), parts.name.to_owned(), parts.chart.to_owned()];
    render.extend(chart_words(&parts.rendering.chart, &parts.rendering.dependencies));
    render.extend(value_words(&parts.rendering.values));
    render.extend(render_words(parts));
    let mut apply = vec!["rhelm-apply".to_owned(), parts.name.to_owned()];
    apply.extend(apply_words(parts));
    for words in [&mut render, &mut apply] {
        words.extend(global_words(parts.global));
    }
    const FILE: &str = "--release-file \"$release\"";
    let mut pipe = format!("{} {FILE}", quoted(&render));
    for words in parts.stages {
        pipe.push_str(&format!(" |\n  {{ {} || : >\"$release\"; }}", quoted(words)));
    }
    pipe.push_str(&format!(" |\n  {} {FILE}", quoted(&apply)));
    format!("(release=$(mktemp) && trap 'rm -f \"$release\"' EXIT &&\n{pipe})\n")
}

fn chart_words(chart: &ChartArgs, dependencies: &DependencyArgs) -> Vec<String> {
    let access = &chart.access;
    let texts = [
        ("--repo", &chart.repo),
        ("--version", &chart.version),
        ("--keyring", &chart.keyring),
        ("--username", &access.username),
        ("--password", &access.password),
        ("--ca-file", &access.ca_file),
        ("--cert-file", &access.cert_file),
        ("--key-file", &access.key_file),
    ];
    let mut words = given(&texts);
    words.extend(words_of(&[
        ("--devel", chart.devel),
        ("--verify", chart.verify),
        ("--pass-credentials", chart.pass_credentials),
        ("--plain-http", access.plain_http),
        ("--insecure-skip-tls-verify", access.insecure_skip_tls_verify),
        ("--dependency-update", dependencies.dependency_update),
    ]));
    words
}

/// Flags with their values.
fn given(texts: &[(&str, &Option<String>)]) -> Vec<String> {
    texts.iter().filter_map(|(flag, value)| Some(format!("{flag}={}", value.as_ref()?))).collect()
}

fn value_words(values: &ValuesArgs) -> Vec<String> {
    let families = [
        ("--set-json", &values.set_json),
        ("--set", &values.set),
        ("--set-string", &values.set_string),
        ("--set-file", &values.set_file),
        ("--set-literal", &values.set_literal),
    ];
    let words = families.into_iter().flat_map(|(flag, given)| given.iter().map(move |value| format!("{flag}={value}")));
    StringList::words("--values", &values.values).into_iter().chain(words).collect()
}

/// The render asks the cluster, as an installation does.
fn render_words(parts: &Parts<'_>) -> Vec<String> {
    let is_offline = matches!(parts.apply.dry_run.as_deref(), Some("client" | "unset" | "true"));
    let render = &parts.rendering.render;
    words_of(&[
        ("--dry-run=server", !is_offline),
        ("--no-hooks", render.no_hooks),
        ("--skip-schema-validation", render.skip_schema_validation),
        ("--enable-dns", render.enable_dns),
        ("--render-subchart-notes", parts.rendering.render_subchart_notes),
    ])
}

/// The flags that say how to apply.
fn apply_words(parts: &Parts<'_>) -> Vec<String> {
    let (apply, first, render) = (parts.apply, parts.first, &parts.rendering.render);
    let mut words = words_of(&[
        ("--create-namespace", apply.create_namespace),
        ("--take-ownership", apply.take_ownership),
        ("--force-conflicts", apply.force.force_conflicts),
        ("--force-replace", apply.force.replaces()),
        ("--server-side=false", !first.server_side),
        ("--replace", first.replace),
        ("--rollback-on-failure", apply.rolls_back()),
        ("--duplicates=last", apply.last_wins()),
        ("--crds=upgrade", apply.crds == "upgrade"),
        ("--crds=skip", apply.crds == "skip"),
        ("--no-hooks", render.no_hooks),
        ("--skip-crds", render.skip_crds),
        ("--wait-for-jobs", apply.wait_for_jobs),
        ("--hide-notes", apply.hide_notes),
        ("--hide-secret", apply.hide_secret),
        ("--output=json", apply.output == Format::Json),
        ("--output=yaml", apply.output == Format::Yaml),
    ]);
    words.extend(apply.dry_run.iter().map(|value| match value.as_str() {
        "unset" => "--dry-run".to_owned(),
        value => format!("--dry-run={value}"),
    }));
    words.extend(apply.description.iter().map(|text| format!("--description={text}")));
    words.extend(Labels::words(&apply.labels));
    words.extend(apply.wait.words());
    words
}

fn words_of(switches: &[(&str, bool)]) -> Vec<String> {
    switches.iter().filter(|(_, given)| *given).map(|(flag, _)| (*flag).to_owned()).collect()
}

/// What was given by flags; what came from the environment will come from there again.
fn global_words(global: &GlobalArgs) -> Vec<String> {
    let texts = [
        ("--namespace", &global.namespace),
        ("--kubeconfig", &global.kubeconfig),
        ("--kube-context", &global.kube_context),
        ("--kube-apiserver", &global.kube_apiserver),
        ("--kube-token", &global.kube_token),
        ("--kube-as-user", &global.kube_as_user),
        ("--kube-ca-file", &global.kube_ca_file),
        ("--kube-tls-server-name", &global.kube_tls_server_name),
        ("--repository-config", &global.repository_config),
        ("--repository-cache", &global.repository_cache),
        ("--registry-config", &global.registry_config),
        ("--content-cache", &global.content_cache),
    ];
    let mut words = given(&texts);
    words.extend(global.kube_as_group.iter().map(|group| format!("--kube-as-group={group}")));
    if global.kube_insecure_skip_tls_verify {
        words.push("--kube-insecure-skip-tls-verify".to_owned());
    }
    words
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| quote(word)).collect::<Vec<_>>().join(" ")
}

/// The word as the shell has to be given it.
fn quote(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(quote("a=b/c.d"), "a=b/c.d");
        assert_eq!(quote(""), "''");
        assert_eq!(quote("a b;$(c)"), "'a b;$(c)'");
        assert_eq!(quote("it's"), r"'it'\''s'");
        assert_eq!(quote("é"), "'é'");
    }
}
