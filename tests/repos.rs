//! Charts from web servers and chart repositories: the real Helm and rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::certificates::Certificates;
use rhelm_testutil::chart::Files;
use rhelm_testutil::web::{Server, Site};

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

/// `user` and `secret`.
const LOGIN: &str = "Basic dXNlcjpzZWNyZXQ=";

fn chart(name: &str, version: &str) -> Files {
    let head = format!(
        "apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: \"9\"\ndescription: The {name} of all charts\n\
         keywords: [tool, {name}-like]\nhome: https://example.com\nsources: [https://example.com/code]\n"
    );
    Files::new()
        .file("Chart.yaml", head)
        .file("values.yaml", "colour: red # not blue\n")
        .file("README.md", format!("# {name}\n"))
        .file("templates/a.yaml", "kind: ConfigMap\ndata: {colour: {{ .Values.colour }}}\n")
}

/// A repository of four charts, with the index that Helm would make.
pub(crate) fn site(theirs: &Beside) -> Site {
    let versions = [("web", "1.0.0"), ("web", "1.2.0"), ("web", "2.0.0-rc.1"), ("data", "0.1.0+b.5"), ("tool", "3.1.0")];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, version) in versions {
        let data = chart(name, version).pack(name);
        std::fs::write(folder.path().join(format!("{name}-{version}.tgz")), data).expect("a file");
    }
    let made = theirs.theirs(&format!("helm repo index {}", folder.path().display()));
    assert_eq!(made, "exit 0\n");
    Site::new().folder(folder.path())
}

fn start() -> Option<(Beside, Server)> {
    let beside = Beside::new(RHELM)?;
    let server = site(&beside).start();
    let url = server.url();
    Some((beside.variable("URL", &url).variable("PORT", &server.port().to_string()), server))
}

#[test]
fn repositories_are_added_listed_and_removed() {
    let Some((beside, _server)) = start() else { return };
    beside.same(&[
        "helm repo list",
        "helm repo list -o json",
        "helm repo update",
        "helm repo remove x",
        "helm search repo web",
        "helm repo add loc $URL",
        "helm repo add loc $URL",
        "helm repo add loc $URL/other",
        "helm repo add a/b $URL",
        "helm repo add two $URL/none",
        "helm repo add two",
        "helm repo add two http://127.0.0.1:1",
        "helm repo add two ftp://example.com",
        "helm repo add two $URL/ --username user --password secret --pass-credentials",
        "cat .config/helm/repositories.yaml",
        "ls -R .config .cache",
        "stat -c '%a %n' .config/helm/*",
        "sort .cache/helm/repository/loc-charts.txt",
        "cmp .cache/helm/repository/loc-index.yaml .cache/helm/repository/two-index.yaml",
        "helm repo list",
        "helm repo ls --no-headers",
        "helm repo list -o yaml",
        "helm repo list -o json",
        "helm repo update loc",
        "helm repo update nope",
        "helm repo up two --timeout 1m",
        "helm repo add loc $URL/ --force-update",
        "helm repo remove two nope",
        "helm repo rm loc",
        "cat .config/helm/repositories.yaml",
        "ls -R .config .cache",
    ]);
}

#[test]
fn charts_are_searched_for() {
    let Some((beside, _server)) = start() else { return };
    beside.same(&[
        "helm repo add loc $URL",
        "helm repo add far $URL/",
        "helm search repo",
        "helm search repo web",
        "helm search repo loc/",
        "helm search repo LIKE",
        "helm search repo 'all charts'",
        "helm search repo web -l",
        "helm search repo web --devel",
        "helm search repo web -l --version '<1.1'",
        "helm search repo web --version 'x y'",
        "helm search repo -r 'w.b|data$'",
        "helm search repo -r '('",
        "helm search repo nothing",
        "helm search repo nothing --fail-on-no-result",
        "helm search repo nothing -o json",
        "helm search repo tool -o yaml",
        "helm search repo tool -o json",
        "helm search repo tool --max-col-width 12",
        "rm .cache/helm/repository/far-index.yaml; helm search repo tool",
    ]);
}

#[test]
fn charts_are_pulled_and_shown() {
    let Some((beside, server)) = start() else { return };
    server.change(|site| {
        site.answer("/short/web-1.0.0.tgz", "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nabc")
            .file("/text/web-1.0.0.tgz", "no archive")
            .redirect("/moved/web-1.0.0.tgz", "/web-1.0.0.tgz")
            .redirect("/loop/web-1.0.0.tgz", "/loop/web-1.0.0.tgz")
    });
    beside.same(&[
        "helm repo add loc $URL",
        "helm pull loc/web && sha256sum *.tgz && rm *.tgz",
        "helm pull loc/web --devel && ls *.tgz && rm *.tgz",
        "helm pull loc/web --version 1.0.0 && ls *.tgz && rm *.tgz",
        "helm fetch loc/web --version '~1.0' && ls *.tgz && rm *.tgz",
        "helm pull loc/web loc/tool && ls *.tgz && rm *.tgz",
        "helm pull loc/data && ls *.tgz && rm *.tgz",
        "helm pull loc/web --version 9",
        "helm pull loc/web --version v1.0.0 && ls *.tgz && rm *.tgz",
        "helm template r web --repo $URL --version 1",
        "helm show chart loc/web --version 1.0",
        "helm pull loc/nope",
        "helm pull nope/web",
        "helm pull web",
        "helm pull",
        "helm pull web --repo $URL && ls *.tgz && rm *.tgz",
        "helm pull web --repo $URL --version 9",
        "helm pull nope --repo $URL",
        "helm pull $URL/web-1.0.0.tgz && ls *.tgz && rm *.tgz",
        "helm pull $URL/moved/web-1.0.0.tgz && ls *.tgz && rm *.tgz",
        "helm pull $URL/nope-1.0.0.tgz",
        "helm pull $URL/short/web-1.0.0.tgz; ls",
        "helm pull $URL/loop/web-1.0.0.tgz",
        "mkdir in && helm pull loc/web -d in && ls in",
        "helm pull loc/web -d missing 2>&1 | sed 's/tgz[0-9]*:/tgz:/'",
        "helm pull loc/web --untar && ls -R web && rm -r web",
        "helm pull loc/web --untar --untardir out && ls out && helm pull loc/web --untar --untardir out",
        "helm show chart loc/web",
        "helm show values loc/web --version 1.0.0",
        "helm show readme loc/tool",
        "helm show all $URL/web-1.2.0.tgz",
        "helm inspect values web --repo $URL",
        "helm show values loc/web --jsonpath '{.colour}'",
        "helm show crds loc/web",
        "helm template r loc/web",
        "helm template r web --repo $URL --version ^1 --set colour=green",
        "helm template r $URL/web-1.0.0.tgz",
        "helm template r $URL/text/web-1.0.0.tgz",
        "helm template r loc/web -f $URL/nope.yaml",
        "helm template r loc/nope",
    ]);
}

#[test]
fn values_may_be_on_a_server() {
    let Some((beside, server)) = start() else { return };
    server.change(|site| site.file("/v.yaml", "colour: blue\n").file("/list.yaml", "[1]\n"));
    let beside = beside.files("c", &chart("c", "1.0.0"));
    beside.same(&[
        "helm template r c -f $URL/v.yaml",
        "helm template r c -f $URL/list.yaml",
        "helm template r c --set-file colour=$URL/v.yaml",
        "helm template r c -f http://127.0.0.1:1/v.yaml",
        "helm lint c -f $URL/v.yaml",
    ]);
}

#[test]
fn passwords_are_asked_for() {
    let Some((beside, server)) = start() else { return };
    server.change(|site| site.authorization(LOGIN));
    beside.same(&[
        "helm repo add loc $URL",
        "helm repo add loc $URL --username user --password wrong",
        "echo secret | helm repo add loc $URL --username user --password-stdin",
        "cat .config/helm/repositories.yaml",
        "helm repo update",
        "helm pull loc/web && ls *.tgz && rm *.tgz",
        "helm pull $URL/web-1.0.0.tgz && ls *.tgz && rm *.tgz",
        "helm pull web --repo $URL",
        "helm pull web --repo $URL --username user --password secret && ls *.tgz",
        "helm template r web --repo $URL --username user --password secret",
    ]);
}

#[test]
fn odd_files_are_read_as_helm_reads_them() {
    let Some((beside, server)) = start() else { return };
    let zeros = format!(
        "apiVersion: v1\nentries:\n  web:\n  - name: web\n    version: 1.0.0\n    urls: [../web-1.0.0.tgz]\n    digest: {:064}\n",
        0
    );
    server.change(|site| site.file("/zeros/index.yaml", zeros));
    beside.same(&[
        "helm repo add odd $URL",
        "chmod 644 .config/helm/repositories.yaml; helm repo add loc $URL; stat -c %a .config/helm/repositories.yaml",
        "echo 'repositories: foo' > .config/helm/repositories.yaml; helm repo add loc $URL; cat .config/helm/repositories.yaml",
        "helm repo update",
        "echo 'repositories: [{name: 7, url: '$URL'}]' > .config/helm/repositories.yaml; helm repo list; helm repo update",
    ]);
    // Helm reads the digest as `0`, which is none.
    assert!(beside.ours("helm pull web --repo $URL/zeros; ls *.tgz").starts_with("exit 2\nError: "));
}

#[test]
fn users_in_urls_are_known_and_their_passwords_are_not_shown() {
    let Some((beside, server)) = start() else { return };
    server.change(|site| site.authorization(LOGIN).redirect("/gone/index.yaml", "http://other:hidden@127.0.0.1:1/"));
    let host = server.url().replace("http://", "");
    let beside = beside.variable("HOST", &host).files("c", &chart("c", "1.0.0"));
    beside.same(&[
        "helm repo add loc http://user:secret@$HOST && cat .config/helm/repositories.yaml",
        "helm repo update",
        "helm pull loc/web && ls *.tgz && rm *.tgz",
        "helm pull web --repo http://user:secret@$HOST/ && ls *.tgz && rm *.tgz",
        "helm pull http://user:secret@$HOST/web-1.0.0.tgz && ls *.tgz && rm *.tgz",
        "helm pull web --repo http://$HOST/gone",
        "helm pull http://user:secret@127.0.0.1:1/web-1.0.0.tgz",
        "helm template r c -f http://user:secret@127.0.0.1:1/v.yaml",
        "helm template r c --set-file a=http://user:secret@127.0.0.1:1/v.yaml",
    ]);
    // Here Helm shows them.
    let lines = [
        "helm pull http://user:secret@$HOST/nope.tgz",
        "helm template r c -f http://user:secret@$HOST/nope.yaml",
        "helm template r c -f http://user:sec%ret@$HOST/nope.yaml",
        "helm pull oci://user:secret@$HOST/web",
        "helm pull nope --repo http://user:secret@$HOST",
        "helm repo add other http://user:secret@127.0.0.1:1",
        "helm repo add other http://user:sec%ret@127.0.0.1:1",
        "helm search hub web --endpoint http://user:secret@127.0.0.1:1",
        "helm search hub web --endpoint 'http://user:sec%ret@127.0.0.1:1'",
        "echo '{\"$ref\": \"http://user:secret@127.0.0.1:1/s.json\"}' > c/values.schema.json; helm template r c; rm c/values.schema.json",
        "echo 'dependencies: [{name: a, repository: \"http://user:secret@127.0.0.1:1\"}]' >> c/Chart.yaml; helm dependency update c",
        "helm dependency build c",
    ];
    for line in lines {
        let masked = beside.theirs(line).replace(":secret@", ":***@").replace(":sec%ret@", ":***@");
        assert_eq!(beside.ours(line), masked, "{line}");
    }
}

/// Whether credentials were sent for the last thing that was asked for.
fn was_trusted(server: &Server) -> bool {
    server.seen().last().expect("a request").authorization.is_some()
}

#[test]
fn credentials_stay_with_their_server() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let (near, far) = (site(&beside).start(), site(&beside).start());
    let elsewhere = format!("http://localhost:{}/web-1.2.0.tgz", far.port());
    let beside = beside.variable("NEAR", &near.url()).variable("FAR", &far.url());
    let pull =
        |flags: &str| format!("helm pull web --repo $NEAR --username user --password secret {flags} && rm -r .cache *.tgz");
    near.change(|site| site.redirect("/web-1.2.0.tgz", &elsewhere));
    for flags in ["", "--pass-credentials"] {
        beside.same(&[&pull(flags)]);
        assert!(!was_trusted(&far), "another host, {flags}");
    }
    // What an index names elsewhere is another server as well, unless the user says otherwise.
    let index = beside.theirs(&format!("curl -s {}/index.yaml", near.url())).replace("exit 0\n", "");
    near.change(|site| site.file("/index.yaml", index.replace("- web-", &format!("- {}/web-", far.url()))));
    beside.same(&[&pull("")]);
    assert!(!was_trusted(&far));
    beside.same(&[&pull("--pass-credentials")]);
    assert!(was_trusted(&far));
    assert_eq!(
        beside.ours("helm repo add near $NEAR --username user --password secret && helm pull near/web"),
        "\"near\" has been added to your repositories\nexit 0\n"
    );
    assert!(!was_trusted(&far));
}

/// Helm compares hosts without their ports.
#[test]
fn another_port_is_another_server() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let (near, far) = (site(&beside).start(), site(&beside).start());
    near.change(|site| site.redirect("/web-1.2.0.tgz", &format!("{}/web-1.2.0.tgz", far.url())));
    let line = format!("helm pull web --repo {} --username user --password secret && rm -r .cache *.tgz", near.url());
    assert_eq!(beside.theirs(&line), "exit 0\n");
    assert!(was_trusted(&far));
    assert_eq!(beside.ours(&line), "exit 0\n");
    assert!(!was_trusted(&far));
    assert_eq!(beside.ours(&line.replace("--repo", "--pass-credentials --repo")), "exit 0\n");
    assert!(was_trusted(&far));
}

/// Helm takes what comes.
#[test]
fn a_digest_has_to_be_right() {
    let Some((beside, server)) = start() else { return };
    let archive = chart("web", "1.2.0").file("more", "x").pack("web");
    server.change(|site| site.file("/web-1.2.0.tgz", archive));
    let line = "helm pull web --repo $URL; ls *.tgz .cache/helm/content";
    assert!(beside.theirs(line).starts_with("web-1.2.0.tgz"));
    let said = beside.ours(line);
    let rest = "ls: cannot access '*.tgz': No such file or directory\n\
                ls: cannot access '.cache/helm/content': No such file or directory\n";
    let (error, ls) = said.split_once('\n').and_then(|(_, said)| said.split_once('\n')).expect("two lines");
    assert_eq!(ls, rest);
    let expected = format!("Error: {}/web-1.2.0.tgz: digest mismatch: expected ", server.url());
    assert_eq!(&error[..expected.len()], expected);
}

#[test]
fn servers_are_known_by_their_certificates() {
    let (Some(beside), Some(certificates)) = (Beside::new(RHELM), Certificates::new()) else { return };
    let [open, closed] = [false, true].map(|asks| site(&beside).tls(certificates.server(asks)).start());
    let beside = beside.variable("OPEN", &open.url()).variable("CLOSED", &closed.url());
    let folder = certificates.path("");
    let beside = beside.variable("C", &folder.display().to_string());
    beside.same(&[
        "helm repo add tls $OPEN",
        "helm repo add tls $OPEN --ca-file $C/none.crt",
        "helm repo add tls $OPEN --ca-file $C/ca.crt",
        "helm pull tls/web && ls *.tgz && rm *.tgz",
        "helm pull web --repo $OPEN",
        "helm pull web --repo $OPEN --ca-file $C/ca.crt && ls *.tgz && rm *.tgz",
        "helm pull web --repo $OPEN --insecure-skip-tls-verify && ls *.tgz && rm *.tgz",
        "helm pull $OPEN/web-1.0.0.tgz --ca-file $C/ca.crt && ls *.tgz && rm *.tgz",
        "helm show chart tls/tool",
        "helm repo add both $CLOSED --ca-file $C/ca.crt --cert-file $C/client.crt --key-file $C/client.key",
        "helm repo update both",
        "helm pull both/web && ls *.tgz && rm *.tgz",
        "helm template r web --repo $CLOSED --ca-file $C/ca.crt --cert-file $C/client.crt --key-file $C/client.key",
        "sed \"s,$C,C,\" .config/helm/repositories.yaml",
    ]);
}

#[test]
fn one_home_serves_both() {
    let Some((beside, _server)) = start() else { return };
    let [theirs, ours] = beside.homes();
    assert_eq!(beside.theirs("helm repo add loc $URL"), "\"loc\" has been added to your repositories\nexit 0\n");
    assert_eq!(beside.ours("helm repo add far $URL/"), "\"far\" has been added to your repositories\nexit 0\n");
    // Each goes on with what the other has written.
    let helm = ours.join("bin/helm").display().to_string();
    let by_us =
        beside.theirs(&format!("{helm} pull loc/web && ls -R .cache && {helm} search repo && {helm} repo add far $URL/"));
    assert!(by_us.ends_with("has been added to your repositories\nexit 0\n"), "{by_us}");
    let helm = theirs.join("bin/helm").display().to_string();
    let by_them = beside.ours(&format!("{helm} pull far/web && {helm} search repo && {helm} repo add loc $URL"));
    assert!(by_them.ends_with("has been added to your repositories\nexit 0\n"), "{by_them}");
    beside.same(&["helm repo list | sort", "helm search repo tool | sort", "ls .cache/helm/repository"]);
}

#[test]
fn an_index_is_written() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let files =
        [("web", "1.0.0"), ("web", "1.2.0"), ("tool", "3.1.0")].into_iter().fold(Files::new(), |files, (name, version)| {
            files.file(&format!("{name}-{version}.tgz"), chart(name, version).pack(name))
        });
    let files = files.file("below/data-0.1.0.tgz", chart("data", "0.1.0").pack("data"));
    let show = "sed -E 's/\"20[^\"]*\"/TIME/' d/index.yaml";
    beside.files("d", &files).same(&[
        "helm repo index",
        "helm repo index missing 2>&1 | sed 's/yaml[0-9]*:/yaml:/'; ls",
        &format!("helm repo index d && {show}"),
        &format!("helm repo index d --url https://example.com/charts/ && {show}"),
        "cp d/index.yaml old.yaml; rm d/web-1.0.0.tgz",
        &format!("helm repo index d --merge old.yaml && {show}"),
        &format!("helm repo index d --merge new.yaml && {show} && sed -E 's/\"20[^\"]*\"/TIME/' new.yaml"),
        &format!("helm repo index d --json && {show}"),
        "echo nonsense > old.yaml; helm repo index d --merge old.yaml",
        "echo nonsense > d/bad-1.0.0.tgz; helm repo index d",
    ]);
}

#[test]
fn a_large_download_is_shown_on_a_terminal() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let server = site(&beside).file("/big.tgz", vec![7; 3_000_000]).start();
    let pull = format!("helm pull {}/big.tgz", server.url());
    let shown =
        beside.ours(&format!("TERM=xterm script -qec 'stty cols 60; {pull} && echo done' /dev/null && wc -c < big.tgz"));
    // Each line takes the place of the one before it.
    let lines: Vec<&str> = shown.split("\r\x1b[K").collect();
    assert!(lines.contains(&"big.tgz [#############-------] 2.0 of 3.0 MB"), "{shown}");
    assert_eq!(lines[lines.len() - 2..], ["big.tgz [####################] 3.0 of 3.0 MB", "done\r\n3000000\nexit 0\n"]);
    assert_eq!(beside.ours(&pull), "exit 0\n");
}
