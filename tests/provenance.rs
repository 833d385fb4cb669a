//! Signatures: made by the real Helm and by rhelm, each checked by both, with keys that gpg made.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::keys;
use rhelm_testutil::web::Site;
use tempfile::TempDir;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

fn chart(name: &str) -> Files {
    Files::new()
        .file("Chart.yaml", format!("apiVersion: v2\nname: {name}\nversion: 1.0.0\ndescription: '- dashes'\n"))
        .file("templates/a.yaml", "kind: ConfigMap\n")
}

fn start() -> Option<(Beside, TempDir)> {
    let beside = Beside::new(RHELM)?;
    let keys = keys::make();
    let beside = beside
        .variable("K", &keys.path().display().to_string())
        .variable("SOURCE_DATE_EPOCH", "1700000000")
        .files("web", &chart("web"))
        .files("plain", &chart("plain"));
    Some((beside, keys))
}

#[test]
fn charts_are_signed_and_verified() {
    let Some((beside, _keys)) = start() else { return };
    let sign = "helm package web --sign --keyring $K/secret.gpg";
    // The sums of the archives differ with the compression, and are in what is signed.
    let verify = "helm verify web-1.0.0.tgz --keyring $K/public.gpg | sed 's/sha256:.*/SUM/'";
    beside.same(&[
        "helm package web --sign",
        &format!("{sign} --key nobody"),
        &format!("{sign} --key example.com"),
        "helm package web --sign --key signer --keyring $K/none.gpg",
        "helm package web --sign --key signer --keyring $K/public.gpg",
        &format!("{sign} --key 'Test Signer' && {verify} && grep -v '^[A-Za-z0-9+/=]*$' web-1.0.0.tgz.prov | sed 's/sha256:.*/SUM/'"),
        &format!("echo secret > word; {sign} --key Locked --passphrase-file word && {verify}"),
        &format!("echo wrong > word; {sign} --key Locked --passphrase-file word"),
        &format!("echo secret | {sign} --key Locked --passphrase-file - && {verify}"),
        &format!("{sign} --key Locked --passphrase-file - < /dev/null"),
        &format!("{sign} --key Locked < /dev/null"),
        "helm verify",
        "helm verify web --keyring $K/public.gpg",
        "helm verify web/Chart.yaml",
        "helm verify nope.tgz",
        "helm package plain; helm verify plain-1.0.0.tgz --keyring $K/public.gpg",
        "helm verify web-1.0.0.tgz --keyring $K/none.gpg",
        "helm verify web-1.0.0.tgz --keyring $K/other.gpg",
        "helm verify web-1.0.0.tgz",
        "helm verify web-1.0.0.tgz --keyring $K/pubring.kbx | sed 's/sha256:.*/SUM/'",
        "GNUPGHOME=$K helm verify web-1.0.0.tgz | sed 's/sha256:.*/SUM/'",
        "mkdir both; cp $K/pubring.kbx both; cp $K/other.gpg both/pubring.gpg; GNUPGHOME=both helm verify web-1.0.0.tgz",
        "helm package web -d both --sign --key signer --keyring $K/pubring.kbx",
        "cp web-1.0.0.tgz kept; echo more >> web-1.0.0.tgz; helm verify web-1.0.0.tgz --keyring $K/public.gpg 2>&1 | sed 's/\"sha256:[^\"]*\"/SUM/g'",
        "cp kept moved-1.0.0.tgz; cp web-1.0.0.tgz.prov moved-1.0.0.tgz.prov; helm verify moved-1.0.0.tgz --keyring $K/public.gpg",
        "cp kept web-1.0.0.tgz; sed -i s/dashes/slashes/ web-1.0.0.tgz.prov; helm verify web-1.0.0.tgz --keyring $K/public.gpg",
        "echo nothing > web-1.0.0.tgz.prov; helm verify web-1.0.0.tgz --keyring $K/public.gpg",
    ]);
}

/// What one of them signs, the other one trusts.
#[test]
fn signatures_are_good_for_both() {
    let Some((beside, _keys)) = start() else { return };
    let [theirs, ours] = beside.homes().map(|home| home.join("bin/helm").display().to_string());
    for (name, key) in [("RSA", "signer"), ("EdDSA", "curve")] {
        let line = |signer: &str, verifier: &str| {
            format!(
                "{signer} package web --sign --keyring $K/secret.gpg --key {key} && {verifier} verify web-1.0.0.tgz --keyring $K/public.gpg | \
                 sed 's/^Using.*/KEY/; s/sha256:.*/SUM/'"
            )
        };
        let there = beside.ours(&line(&theirs, &ours));
        let back = beside.ours(&line(&ours, &theirs));
        assert_eq!(there, back, "{name}");
        assert!(there.ends_with("KEY\nChart Hash Verified: SUM\nexit 0\n"), "{name}: {there}");
    }
}

#[test]
fn what_is_fetched_is_verified() {
    let Some((beside, keys)) = start() else { return };
    let folder = keys.path().join("site");
    let make = format!(
        "helm package web --sign --key signer --keyring $K/secret.gpg -d {0} && helm package plain -d {0} && helm repo index {0}",
        folder.display()
    );
    assert!(beside.theirs(&make).contains("exit 0\n"));
    let server = Site::new().folder(&folder).start();
    let app = |name: &str| {
        let head = format!("apiVersion: v2\nname: app\nversion: 1.0.0\ndependencies:\n- {{name: {name}, version: 1.0.0, ");
        Files::new().file("Chart.yaml", format!("{head}repository: {}}}\n", server.url()))
    };
    let beside = beside.variable("URL", &server.url()).files("good", &app("web")).files("bad", &app("plain"));
    let verified = "--verify --keyring $K/public.gpg";
    beside.same(&[
        &format!("helm pull web --repo $URL {verified} && ls web-*"),
        &format!("helm pull web --repo $URL {verified} --untar && ls web"),
        "rm -f *.tgz *.prov; helm pull web --repo $URL --prov && ls *.tgz* && rm *.tgz*",
        "helm pull plain --repo $URL --prov && ls *.tgz* && rm *.tgz*",
        &format!("helm show chart web --repo $URL {verified}"),
        &format!("helm template r web --repo $URL {verified}"),
        &format!("helm template r plain --repo $URL {verified}"),
        &format!("helm template r ./web {verified}"),
        "helm template r web --repo $URL --verify --keyring $K/other.gpg",
    ]);
    let line = format!("helm dependency update good {verified} > /dev/null; ls good/charts");
    assert_eq!(beside.ours(&line), "web-1.0.0.tgz\nexit 0\n");
    // Helm leaves an archive behind that it could not verify, and goes on to exit with 0 here and there.
    let said = beside.ours(&format!("helm pull plain --repo $URL {verified}; ls *.tgz"));
    let expected = format!(
        "exit 2\nError: failed to fetch provenance \"{}/plain-1.0.0.tgz.prov\"\nls: cannot access '*.tgz': No such file or directory\n",
        server.url()
    );
    assert_eq!(said, expected);
    let said = beside.ours(&format!("helm dependency update bad {verified} > /dev/null; ls bad"));
    let expected = format!(
        "Chart.yaml\nexit 0\nError: could not download {0}/plain-1.0.0.tgz: failed to fetch provenance \"{0}/plain-1.0.0.tgz.prov\"\n",
        server.url()
    );
    assert_eq!(said, expected);
}
