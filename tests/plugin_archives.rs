//! Archives of plugins: made, signed, checked and installed by the real Helm and by rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::keys;
use rhelm_testutil::registry::Registry;
use rhelm_testutil::web::Site;
use std::path::PathBuf;
use tempfile::TempDir;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

const NEW: &str = "apiVersion: v1\ntype: cli/v1\nname: new\nversion: 0.2.0\nsourceURL: https://example.com/new\nruntime: subprocess\n\
                   config: {usage: new, shortHelp: Says, longHelp: Says more, ignoreFlags: false}\nruntimeConfig:\n  \
                   platformCommand: [{command: '${HELM_PLUGIN_DIR}/bin/say', args: [new]}]\n  \
                   platformHooks: {install: [{command: sh, args: [-c, 'echo hook $HELM_PLUGIN_NAME $0']}]}\n";

const OLD: &str = "name: old\nversion: 0.1.0\nusage: \"say\\tit\"\ndescription: Says it\ncommand: $HELM_PLUGIN_DIR/bin/say old\n\
                   hooks: {install: echo hook, delete: echo bye}\n";

const GETTER: &str =
    "name: get\nversion: 1.0.0\nusage: get\ndescription: Gets\ndownloaders: [{command: bin/say, protocols: [a, b]}]\n";

const SAY: &str = "#!/bin/sh\nfor word; do echo \"[$word]\"; done\n";

fn start() -> Option<(Beside, TempDir)> {
    let plugin = |file: &str| Files::new().file("plugin.yaml", file).file("bin/say", SAY);
    let keys = keys::make();
    let beside = Beside::new(RHELM)?
        .variable("K", &keys.path().display().to_string())
        .files("new", &plugin(NEW))
        .files("old", &plugin(OLD))
        .files("get", &plugin(GETTER))
        .files("bad", &Files::new().file("plugin.yaml", "name: b d\n"))
        .files("none", &Files::new().file("README.md", ""));
    beside.same(&["chmod +x */bin/say"]);
    Some((beside, keys))
}

const SIGN: &str = "helm plugin package new --keyring $K/secret.gpg";
/// The sums of archives differ with the compression.
const NO_SUM: &str = "sed 's/sha256:.*/SUM/'";

#[test]
fn plugins_are_packaged_and_signed() {
    let Some((beside, _keys)) = start() else { return };
    let text = format!("sed '/^-----BEGIN PGP SIGNATURE/,$d' new-0.2.0.tgz.prov | {NO_SUM}");
    beside.same(&[
        "helm plugin package",
        "helm plugin package nope",
        "helm plugin package bad --sign=false",
        "helm plugin package none",
        "helm plugin package new/plugin.yaml",
        "helm plugin package new --keyring $K/none.gpg",
        "helm plugin package new --keyring $K/public.gpg --key signer",
        SIGN,
        &format!("{SIGN} --key nobody"),
        &format!("{SIGN} --key example.com"),
        "helm plugin package new --sign=false -d out && tar tf out/new-0.2.0.tgz && tar tvf out/new-0.2.0.tgz | cut -c 1-10",
        &format!("{SIGN} --key signer && {text}"),
        &format!("{SIGN} --key Locked < /dev/null"),
        &format!("echo wrong > word; {SIGN} --key Locked --passphrase-file word"),
        &format!("echo secret > word; {SIGN} --key Locked --passphrase-file word"),
        &format!("echo secret | {SIGN} --key Locked --passphrase-file -"),
    ]);
    for (folder, archive) in [("old", "old-0.1.0.tgz"), ("get", "get-1.0.0.tgz")] {
        let package = format!("helm plugin package {folder} --keyring $K/secret.gpg --key signer");
        beside.same(&[&format!("{package} && sed '/^-----BEGIN PGP SIGNATURE/,$d' {archive}.prov | {NO_SUM}")]);
    }
    let link = "ln -s say new/bin/link; helm plugin package new --sign=false; rm new/bin/link";
    let refused = "WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.\nexit 0\n\
                   Error: new/bin/link is neither file nor folder, and plugins of such cannot be installed\n";
    assert_eq!(beside.ours(link), refused);
    let twice = "export SOURCE_DATE_EPOCH=1700000000; helm plugin package new --sign=false -d one > /dev/null; touch new/plugin.yaml; \
                 helm plugin package new --sign=false -d two > /dev/null; cmp one/new-0.2.0.tgz two/new-0.2.0.tgz";
    assert_eq!(beside.ours(twice), "exit 0\n");
}

#[test]
fn archives_are_verified() {
    let Some((beside, _keys)) = start() else { return };
    beside.same(&[
        "helm plugin verify",
        "helm plugin verify nope.tgz",
        "helm plugin verify new",
        "helm plugin verify new/plugin.yaml",
        &format!("{SIGN} --key signer && helm plugin verify new-0.2.0.tgz --keyring $K/public.gpg | {NO_SUM}"),
        "helm plugin verify new-0.2.0.tgz --keyring $K/other.gpg",
        "helm plugin verify new-0.2.0.tgz --keyring $K/none.gpg",
        "helm plugin verify new-0.2.0.tgz",
        "cp new-0.2.0.tgz moved-1.tgz; helm plugin verify moved-1.tgz --keyring $K/public.gpg",
        "cp new-0.2.0.tgz.prov moved-1.tgz.prov; helm plugin verify moved-1.tgz --keyring $K/public.gpg",
        "echo more >> new-0.2.0.tgz; helm plugin verify new-0.2.0.tgz --keyring $K/public.gpg 2>&1 | sed 's/\"sha256:[^\"]*\"/SUM/g'",
        "echo nothing > new-0.2.0.tgz.prov; helm plugin verify new-0.2.0.tgz --keyring $K/public.gpg",
    ]);
    // What one of them signs, the other one trusts.
    let [theirs, ours] = beside.homes().map(|home| home.join("bin/helm").display().to_string());
    let line = |signer: &str, verifier: &str| {
        format!(
            "{signer} plugin package new --keyring $K/secret.gpg --key signer && {verifier} plugin verify new-0.2.0.tgz --keyring $K/public.gpg | {NO_SUM}"
        )
    };
    assert_eq!(beside.ours(&line(&theirs, &ours)), beside.ours(&line(&ours, &theirs)));
}

#[test]
fn archives_are_installed_from_files() {
    let Some((beside, _keys)) = start() else { return };
    let installed = "ls -R .local/share/helm/plugins; stat -c %a .local/share/helm/plugins/new/bin/say";
    let install = "helm plugin install new-0.2.0.tgz";
    beside.same(&[
        &format!("{SIGN} --key signer && helm plugin package old --sign=false"),
        &format!("{install} --keyring $K/none.gpg"),
        &format!("{install} --keyring $K/other.gpg"),
        &format!("{install} --keyring $K/public.gpg | {NO_SUM}; {installed}"),
        &format!("{install} --keyring $K/public.gpg"),
        "helm plugin list",
        "helm new a -b",
        "helm plugin update new",
        "echo more >> .local/share/helm/plugins/new-0.2.0.tgz; helm plugin list",
        "echo nothing > .local/share/helm/plugins/new-0.2.0.tgz.prov; helm plugin list",
        "helm plugin uninstall new nope; ls -A .local/share/helm/plugins",
        "helm plugin install old-0.1.0.tgz",
        "helm plugin install old-0.1.0.tgz --verify=false; helm plugin list; helm old c",
        "helm plugin uninstall old; ls -A .local/share/helm/plugins",
        "echo nothing > no-1.0.0.tgz; helm plugin install no-1.0.0.tgz --verify=false",
        "tar czf no-1.0.0.tgz none; helm plugin install no-1.0.0.tgz --verify=false; ls -A .local/share/helm/plugins",
    ]);
    // Helm's words name a temporary folder, or the archive stays behind.
    let evil = "tar czf evil-1.0.0.tgz --transform 's,^bin,../../bin,' -C new plugin.yaml bin/say 2> /dev/null; \
                helm plugin install evil-1.0.0.tgz --verify=false; ls -A .local/share/helm/plugins";
    let refused = "WARNING: Skipping plugin signature verification\nexit 0\n\
                   Error: extracting files from archive: path contains '..', which is illegal\n";
    assert_eq!(beside.ours(evil), refused);
}

/// The archives that Helm makes, in a folder of their own.
fn archives(beside: &Beside) -> PathBuf {
    let made = beside.theirs(&format!("{SIGN} --key signer -d site && helm plugin package old --sign=false -d site"));
    assert!(made.contains("exit 0\n"), "{made}");
    beside.homes()[0].join("site")
}

#[test]
fn archives_are_installed_from_web_servers() {
    let Some((beside, _keys)) = start() else { return };
    let server = Site::new().folder(&archives(&beside)).start();
    let beside = beside.variable("URL", &server.url());
    // Helm looks for plugins in the working directory there.
    beside.same(&["rm -r bad"]);
    beside.same(&[
        "helm plugin install $URL/new-0.2.0.tgz --keyring $K/public.gpg; ls -R .local/share/helm/plugins; helm plugin list",
        "helm plugin install $URL/old-0.1.0.tgz",
        "helm plugin install $URL/old-0.1.0.tgz --verify=false; helm old x; helm plugin list",
        "helm plugin install $URL/nope-0.1.0.tgz",
        "helm plugin install $URL/nope-0.1.0.tgz --verify=false",
    ]);
}

/// Puts an artifact with two layers into a registry.
const PUSH: &str = r#"
set -e
blob() {
  sum=sha256:$(sha256sum < "$1" | cut -d' ' -f1)
  place=$(curl -fsS -u user:secret -X POST -o /dev/null -D - "http://$HOST/v2/plugins/new/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
  curl -fsS -u user:secret -X PUT -H 'Content-Type: application/octet-stream' --data-binary "@$1" "$place&digest=$sum"
  echo "\"digest\":\"$sum\",\"size\":$(stat -c %s "$1")"
}
layer() {
  echo "{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",$(blob "$1"),\"annotations\":{\"org.opencontainers.image.title\":\"${1##*/}\"}}"
}
echo '{}' > empty
config="{\"mediaType\":\"$KIND\",$(blob empty)}"
layers=$(layer site/new-0.2.0.tgz)
if [ "$TAG" != unsigned ]; then layers="$layers,$(layer site/new-0.2.0.tgz.prov)"; fi
echo "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":$config,\"layers\":[$layers]}" > manifest
curl -fsS -u user:secret -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' --data-binary @manifest "http://$HOST/v2/plugins/new/manifests/$TAG"
"#;

#[test]
fn plugins_are_installed_from_registries() {
    let Some((beside, _keys)) = start() else { return };
    let Some(registry) = Registry::start(None) else { return };
    archives(&beside);
    let beside = beside.variable("HOST", registry.address()).files(".", &Files::new().file("push", PUSH));
    let kind = "application/vnd.helm.plugin.v1+json";
    for (tag, kind) in [("0.2.0", kind), ("unsigned", kind), ("chart", "application/vnd.cncf.helm.config.v1+json")] {
        let pushed = beside.theirs(&format!("TAG={tag} KIND={kind} sh push"));
        assert_eq!(pushed, "exit 0\n");
    }
    let install = "helm plugin install oci://$HOST/plugins/new";
    beside.same(&[
        "helm registry login $HOST --plain-http -u user -p secret",
        &format!("{install}:0.2.0 --plain-http --keyring $K/other.gpg"),
        &format!("{install}:0.2.0 --plain-http --keyring $K/public.gpg; ls -R .local/share/helm/plugins"),
        "helm plugin list; helm new x; helm plugin uninstall new; ls -A .local/share/helm/plugins",
        &format!("{install}:unsigned --plain-http"),
        &format!(
            "{install}:unsigned --plain-http --verify=false; ls -R .local/share/helm/plugins; helm plugin uninstall new"
        ),
        &format!("{install}:chart --plain-http --verify=false"),
        &format!("{install}:nope --plain-http --verify=false"),
        &format!("{install}:nope --plain-http"),
        "helm plugin install oci://$HOST --plain-http",
    ]);
}
