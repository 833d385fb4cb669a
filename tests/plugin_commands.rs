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
const SAY: &str = "#!/bin/sh\nfor word; do echo \"[$word]\"; done\nenv | grep '^HELM_' | grep -v HELM_BIN= | sort\n\
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
