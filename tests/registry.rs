//! Charts in OCI registries: the real Helm and rhelm, line by line, with one real registry.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::certificates::Certificates;
use rhelm_testutil::chart::Files;
use rhelm_testutil::registry::Registry;
use rhelm_testutil::web::{Server, Site};

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

fn chart(version: &str) -> Files {
    let head = format!(
        "apiVersion: v2\nname: web\nversion: {version}\nappVersion: \"1\"\ndescription: All of the web\nhome: https://example.com\n\
         sources: [https://example.com/code]\nmaintainers: [{{name: A, email: a@example.com}}, {{name: B}}]\n\
         annotations: {{team: red, org.opencontainers.image.title: other}}\n"
    );
    Files::new().file("Chart.yaml", head).file("values.yaml", "a: 1\n").file("templates/a.yaml", "kind: ConfigMap\n")
}

fn start(certificates: Option<&Certificates>) -> Option<(Beside, Registry)> {
    let (beside, registry) = (Beside::new(RHELM)?, Registry::start(certificates)?);
    let archives = ["1.0.0", "1.1.0", "1.2.0-rc.1", "2.0.0+b.1"]
        .iter()
        .fold(Files::new(), |files, version| files.file(&format!("web-{version}.tgz"), chart(version).pack("web")));
    let beside = beside.variable("HOST", registry.address()).files("in", &archives).files("web", &chart("1.0.0"));
    Some((beside, registry))
}

#[test]
fn charts_are_pushed_and_pulled() {
    let Some((beside, _registry)) = start(None) else { return };
    // The second push of the same content goes to what is there already; the digest says whether the manifests are equal.
    beside.same(&[
        "helm registry login $HOST --plain-http -u user -p wrong",
        "helm push in/web-1.0.0.tgz oci://$HOST/charts --plain-http",
        "helm pull oci://$HOST/charts/web --plain-http",
        "helm registry login",
        "echo secret | helm registry login $HOST --plain-http -u user --password-stdin",
        "cat .config/helm/registry/config.json; stat -c %a .config/helm/registry/config.json",
        "helm push in/web-1.0.0.tgz oci://$HOST/charts --plain-http",
        "helm push in/web-1.1.0.tgz oci://$HOST/charts --plain-http",
        "helm push in/web-1.2.0-rc.1.tgz oci://$HOST/charts/ --plain-http",
        "helm push in/web-2.0.0+b.1.tgz oci://$HOST/charts --plain-http",
        "helm push web oci://$HOST/charts --plain-http",
        "helm push nope.tgz oci://$HOST/charts --plain-http",
        "helm push in/web-1.0.0.tgz http://$HOST/charts",
        "helm push in/web-1.0.0.tgz",
        "helm pull oci://$HOST/charts/web --plain-http && ls *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web --plain-http --devel && ls *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web --plain-http --version 1.0.0 && sha256sum *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web --plain-http --version '<1.1' && ls *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web:1.1.0 --plain-http && ls *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web:1.1.0 --plain-http --version 1.0.0",
        "helm pull oci://$HOST/charts/web --plain-http --version 7.0.0",
        "helm pull oci://$HOST/charts/web --plain-http --version '>7'",
        "helm pull oci://$HOST/charts/nope --plain-http",
        "helm pull oci://$HOST/charts/web --plain-http --untar --version 1.0.0 && ls web",
        "helm show chart oci://$HOST/charts/web --plain-http",
        "helm template r oci://$HOST/charts/web --plain-http --version 1.0.0",
        "helm template r oci://$HOST/charts/nope --plain-http --version 1.0.0",
        "helm registry logout $HOST",
        "cat .config/helm/registry/config.json",
        "helm registry logout $HOST",
        "helm pull oci://$HOST/charts/web:1.0.0 --plain-http --username user --password secret && rm *.tgz",
        "helm pull oci://$HOST/charts/web:1.0.0 --plain-http --username user --password wrong",
    ]);
}

#[test]
fn a_digest_names_a_chart() {
    let Some((beside, _registry)) = start(None) else { return };
    let by_digest = "helm push in/web-1.0.0.tgz oci://$HOST/charts --plain-http --username user --password secret 2>&1 | \
                     sed -n 's/^Digest: //p' > digest; helm pull --plain-http --username user --password secret";
    beside.same(&[
        &format!("{by_digest} oci://$HOST/charts/web@$(cat digest); ls *.tgz; rm *.tgz"),
        &format!("{by_digest} oci://$HOST/charts/web:1.0.0@$(cat digest); ls *.tgz; rm *.tgz"),
        &format!("{by_digest} oci://$HOST/charts/web@sha256:{}; ls *.tgz", "0".repeat(64)),
    ]);
}

#[test]
fn dependencies_come_from_registries() {
    let Some((beside, registry)) = start(None) else { return };
    let app = |version: &str| {
        let head =
            format!("apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {{name: web, version: {version:?}, ");
        Files::new().file("Chart.yaml", format!("{head}repository: 'oci://{}/charts'}}\n", registry.address()))
    };
    let beside = beside.files("exact", &app("1.0.0")).files("range", &app("^1.0.0"));
    beside.same(&[
        "echo secret | helm registry login $HOST --plain-http -u user --password-stdin",
        "helm push in/web-1.0.0.tgz oci://$HOST/charts --plain-http",
        "helm push in/web-1.1.0.tgz oci://$HOST/charts --plain-http",
        "helm dependency update exact --plain-http; ls exact/charts; grep -v generated exact/Chart.lock",
        "helm dependency update range --plain-http; ls range/charts; grep -v generated range/Chart.lock",
        "rm -r range/charts; helm dependency build range --plain-http; ls range/charts",
        "helm dependency list range",
    ]);
}

#[test]
fn registries_are_known_by_their_certificates() {
    let Some(certificates) = Certificates::new() else { return };
    let Some((beside, _registry)) = start(Some(&certificates)) else { return };
    beside.variable("C", &certificates.path("").display().to_string()).same(&[
        "echo secret | helm registry login $HOST -u user --password-stdin",
        "echo secret | helm registry login $HOST -u user --password-stdin --ca-file $C/ca.crt",
        "helm push in/web-1.0.0.tgz oci://$HOST/charts --ca-file $C/ca.crt",
        "helm push in/web-1.1.0.tgz oci://$HOST/charts --insecure-skip-tls-verify",
        "helm pull oci://$HOST/charts/web --ca-file $C/ca.crt && ls *.tgz && rm *.tgz",
        "helm pull oci://$HOST/charts/web",
        "helm template r oci://$HOST/charts/web --insecure-skip-tls-verify",
    ]);
}

/// A program that keeps credentials, in the place of those of an operating system.
const HELPER: &str = "#!/bin/sh\ncase $1 in\nget) cat \"$HOME/kept\" 2>/dev/null || { echo 'credentials not found in native keychain'; exit 1; } ;;\n\
                      store) cat > \"$HOME/kept\" ;;\nerase) rm -f \"$HOME/kept\" ;;\nlist) echo '{}' ;;\nesac\n";

#[test]
fn credentials_may_be_kept_by_a_program() {
    let Some((beside, _registry)) = start(None) else { return };
    let beside = beside
        .files("bin", &Files::new().file("docker-credential-test", HELPER))
        .files(".config/helm/registry", &Files::new().file("config.json", "{\"credsStore\": \"test\"}\n"));
    beside.same(&[
        "chmod +x bin/docker-credential-test",
        "echo secret | helm registry login $HOST --plain-http -u user --password-stdin",
        "cat .config/helm/registry/config.json",
        "grep -c secret kept",
        "helm push in/web-1.0.0.tgz oci://$HOST/charts --plain-http",
        "helm registry logout $HOST; ls kept",
    ]);
}

#[test]
fn what_no_flag_gives_is_asked_for() {
    let Some((beside, _registry)) = start(None) else { return };
    beside.same(&[
        "helm registry login 127.0.0.1:1 </dev/null",
        "printf 'user\\n' | helm registry login 127.0.0.1:1",
        "printf '\\n' | helm registry login 127.0.0.1:1",
        "helm registry login 127.0.0.1:1 -u user </dev/null",
        "helm registry login $HOST --plain-http --password-stdin </dev/null",
        "echo token | helm registry login $HOST --plain-http --password-stdin",
        "helm repo add x http://127.0.0.1:1 --username user </dev/null",
    ]);
    // Whether the password is seen depends on when the terminal hides it; whoever types it is slower.
    let login = "script -qec 'helm registry login $HOST --plain-http' /dev/null | grep -e Succeeded -e required";
    for typed in ["user\\nsecret\\n", "\\n\\n", "user\\n\\n"] {
        beside.same(&[&format!("printf '{typed}' | {login}")]);
    }
}

/// An answer that wants a token, and the server that gives it.
fn challenged(server: &Server) {
    let challenge = format!("Bearer realm=\"{}/token\",service=\"s\",scope=\"repository:c/web:pull\"", server.url());
    // The server ends the connection, and nobody may send another request on it.
    let close = "Connection: close\r\nContent-Length: 0\r\n\r\n";
    let denied = format!("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {challenge}\r\n{close}");
    server.change(|site| {
        let site = site.answer("/v2/", denied.clone()).answer("/v2/c/web/manifests/1.0.0", denied.clone());
        let token = "{\"token\": \"T\", \"access_token\": \"T\"}";
        site.file("/token?scope=repository%3Ac%2Fweb%3Apull&service=s", token)
            .file("/token?service=s&scope=repository%3Ac%2Fweb%3Apull", token)
            .file("/token", token)
    });
}

#[test]
fn tokens_are_exchanged() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let server = Site::new().start();
    challenged(&server);
    let host = format!("127.0.0.1:{}", server.port());
    let entry = |entry: &str| format!("{{\"auths\": {{\"{host}\": {entry}}}}}");
    let pull = |config: &str| {
        format!(
            "mkdir -p .config/helm/registry && echo '{config}' > .config/helm/registry/config.json && helm pull oci://{host}/c/web:1.0.0 --plain-http"
        )
    };
    let helper = "mkdir -p bin; printf \"#!/bin/sh\\necho '{\\\"Username\\\":\\\"<token>\\\",\\\"Secret\\\":\\\"kept\\\"}'\\n\" > bin/docker-credential-kept; chmod +x bin/docker-credential-kept";
    for line in [
        pull(&entry("{\"auth\": \"MDAwOg==\", \"identitytoken\": \"id&more\"}")),
        pull(&entry("{\"registrytoken\": \"R\"}")),
        pull(&entry("{}")),
        format!("{helper}; {}", pull("{\"credsStore\": \"kept\"}")),
    ] {
        let sent = |said: String| {
            let seen =
                server.seen().into_iter().filter(|seen| seen.path.starts_with("/token") || seen.authorization.is_some());
            let fields = |body: &str| body.split('&').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
            let seen =
                seen.map(|seen| (fields(seen.path.trim_start_matches("/token?")), seen.authorization, fields(&seen.body)));
            (said, seen.collect::<std::collections::BTreeSet<_>>())
        };
        let (theirs, ours) = (sent(beside.theirs(&line)), sent(beside.ours(&line)));
        assert_eq!(ours, theirs, "{line}");
    }
}
