//! Helm's plugins: installed, listed, run and removed by the real Helm and by rhelm, line by line.

use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

const OLD: &str = "name: old\nversion: 0.1.0\nusage: say\ndescription: Says what it is given\ncommand: $HELM_PLUGIN_DIR/say old\n\
                   hooks: {install: echo installing, delete: echo deleting, update: echo updating}\n";

const NEW: &str = "apiVersion: v1\ntype: cli/v1\nname: new\nversion: 0.2.0\nruntime: subprocess\n\
                   config: {usage: new, shortHelp: Says, longHelp: Says what it is given, ignoreFlags: false}\n\
                   runtimeConfig:\n  platformCommand: [{command: '${HELM_PLUGIN_DIR}/say', args: [new]}]\n";

/// Names its variables as well; the folder of the temporary home is replaced by the test.
const SAY: &str = "#!/bin/sh\nfor word; do echo \"[$word]\"; done\nenv | grep -e '^HELM_' -e ^KUBECONFIG | grep -v HELM_BIN= | sort\n\
                   \"$HELM_BIN\" version --short\nexit 3\n";

fn start() -> Option<Beside> {
    let plugin = |file: &str| Files::new().file("plugin.yaml", file).file("say", SAY);
    let beside = Beside::new(RHELM)?.files("old", &plugin(OLD)).files("new", &plugin(NEW));
    beside.same(&["chmod +x old/say new/say"]);
    Some(beside)
}

#[test]
fn plugins_come_and_go() {
    let Some(beside) = start() else { return };
    beside.same(&[
        "helm plugin list",
        "helm plugin install",
        "helm plugin install nope",
        "helm plugin install old",
        "helm plugin install old",
        "helm plugin add ./new",
        "helm plugin list",
        "helm plugin ls --type cli/v1",
        "helm plugin list --type getter/v1",
        "HELM_NO_PLUGINS=1 helm plugin list",
        "ls -l .local/share/helm/plugins | grep -o 'old\\|new'",
        "helm plugin update old",
        "helm plugin update",
        "helm plugin update nope",
        "helm plugin uninstall nope",
        "helm plugin uninstall old",
        "helm plugin rm new",
        "helm plugin list",
    ]);
}

#[test]
fn plugins_run() {
    let Some(beside) = start() else { return };
    beside.same(&[
        "helm plugin install old; helm plugin install new",
        "helm old",
        "helm old a --flag 'b c' -x",
        "helm new a -n team --flag --kube-context c",
        "helm -n team new a",
        "HELM_NAMESPACE=team helm new",
        "HELM_NO_PLUGINS=1 helm new",
        "helm nope",
        "HELM_PLUGINS=/nowhere helm new",
    ]);
}

#[test]
fn plugins_get_the_flags_that_helm_does_not_take() {
    let Some(beside) = start() else { return };
    beside.same(&[
        "helm plugin install old >&2; helm env --kubeconfig /k | grep ^KUBE; helm env KUBECONFIG --kubeconfig /k",
        "helm old upgrade web chart --color",
        "helm old --color always upgrade --colour never web",
        "helm --color always old a",
        "helm --debug --namespace=x old a -nq --burst-limit 9 --qps 2 --content-cache d --debug=true -n y --kube-token t",
        "helm old --kubeconfig /k --kube-as-user u",
        "helm old --qps",
        "helm old -h",
        "helm old --help a",
        "helm old help",
        "helm old old status old",
    ]);
    // Helm 4 refuses what Helm 3 hands on.
    assert!(beside.ours("helm old --color web").starts_with("[old]\n[--color]\n[web]\n"));
    beside.same(&["printf '#!/bin/sh\nkill -9 $$\n' > old/say; helm old --debug 2>&1 | grep -v pluginDirs; helm old"]);
}

#[test]
fn helm_3_lists_less_of_plugins() {
    let Some(beside) = Beside::helm_3(RHELM) else { return };
    let plugin = Files::new().file("plugin.yaml", OLD).file("say", SAY);
    beside
        .files("old", &plugin)
        .same(&["helm plugin install old >/dev/null 2>&1; helm plugin list", "helm plugin uninstall old; helm plugin list"]);
}

#[test]
fn a_command_for_other_platforms_stands_beside_those_of_some() {
    let Some(beside) = Beside::helm_3(RHELM) else { return };
    let plugin = |name: &str, os: &str| {
        let file =
            format!("name: {name}\nversion: 0.1.0\ncommand: echo any\nplatformCommand:\n- os: {os}\n  command: echo {os}\n");
        Files::new().file("plugin.yaml", file)
    };
    let beside = beside
        .files(".local/share/helm/plugins/far", &plugin("far", "plan9"))
        .files(".local/share/helm/plugins/near", &plugin("near", "linux"));
    beside.same(&["helm far a", "helm near b"]);
}

#[test]
fn plugins_are_cloned() {
    let Some(beside) = start() else { return };
    let commit = "git -c user.name=a -c user.email=a@example.com commit -qm";
    let made = format!(
        "cd old && git init -q && git add . && {commit} one && git tag v0.1.0 && echo > more && git add . && {commit} two"
    );
    assert_eq!(beside.ours(&made), "exit 0\n");
    let install = "helm plugin install \"file://$PWD/old\"";
    let refused = "exit 1\nError: plugin source does not support verification. Use --verify=false to skip verification\n";
    assert_eq!(beside.ours(&format!("{install} --verify")), refused);
    let installed = "installing\nInstalled plugin: old\nexit 0\n";
    assert_eq!(beside.ours(install), installed);
    let exists = "WARNING: Skipping plugin signature verification\nexit 1\n\
                  level=WARN msg=\"plugin already exists\" path=~/.local/share/helm/plugins/old error=<nil>\nError: plugin already exists\n";
    assert_eq!(beside.ours(&format!("{install} --verify=false")), exists);
    assert_eq!(beside.ours("helm plugin update old"), "updating\nUpdated plugin: old\nexit 0\n");
    assert_eq!(beside.ours("helm plugin uninstall old"), "deleting\nUninstalled plugin: old\nexit 0\n");
    assert_eq!(
        beside.ours(&format!("{install} --version '^0.1' && ls .local/share/helm/plugins/old")),
        format!("{}plugin.yaml\nsay\nexit 0\n", installed.replace("exit 0\n", ""))
    );
}

#[test]
fn plugins_that_are_no_programs_are_listed_but_not_run() {
    let Some(beside) = start() else { return };
    let file =
        "apiVersion: v1\ntype: cli/v1\nname: wasm\nversion: 1.0.0\nruntime: extism/v1\nconfig: {}\nruntimeConfig: {}\n";
    let beside = beside.files("wasm", &Files::new().file("plugin.yaml", file).file("plugin.wasm", ""));
    beside.same(&["helm plugin install wasm; helm plugin list"]);
    let said = "exit 1\nError: plugin \"wasm\" needs the runtime \"extism/v1\": rhelm runs plugins that are programs\n";
    assert_eq!(beside.ours("helm wasm"), said);
}
