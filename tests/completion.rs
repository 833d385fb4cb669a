//! What may come next in a command line: the answers to the scripts of shells, beside the real Helm's, and our script in a real shell.

use crate::repos::site;
use rhelm_testutil::beside::Beside;
use rhelm_testutil::chart::Files;
use rhelm_testutil::controlplane;

const RHELM: &str = env!("CARGO_BIN_EXE_rhelm");

/// Requests for what nobody has to be asked for.
const FIXED: &[&str] = &[
    "list --output ''",
    "list --output=",
    "status x -o j",
    "list -oj",
    "list -qA",
    "list x ''",
    "version ''",
    "install ''",
    "install a b ''",
    "template -f ''",
    "install --wait=",
    "install --wait ''",
    "install --dry-run ''",
    "install --version ''",
    "install x c --version ''",
    "upgrade --description ''",
    "list --kubeconfig /nonexist -n ''",
    "lint ''",
    "package x ''",
    "create x ''",
    "push ''",
    "push x ''",
    "push x oci://a ''",
    "verify x ''",
    "repo index x ''",
    "repo add x ''",
    "registry login x ''",
    "dependency build ''",
    "search repo ''",
    "plugin update ''",
    "env HELM_B",
    "env HELM_BIN ''",
    "completion bash ''",
    "status ''",
    "nosuch ''",
    "stat web",
    "list --nosuch ''",
    "list --nosuch",
    "list -nx --nosuch=1 -y ''",
    "status --output=j --rev",
];

/// Requests for names alone: descriptions are in our own words.
const NAMES: &[&str] = &[
    "sta",
    "dep up",
    "get ''",
    "show ''",
    "repo ''",
    "search ''",
    "registry ''",
    "dependency ''",
    "plugin ''",
    "completion ''",
    "help s | grep -v store",
    "help get ''",
    "list -q - | grep -v -e --colour",
    "list -A --al",
    "get --re",
    "get values --re",
    "install --wait-",
    "version --sh",
];

#[test]
fn what_is_known_without_asking() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let requests: Vec<String> = FIXED.iter().map(|line| format!("helm __complete {line}")).collect();
    beside.same(&requests.iter().map(String::as_str).collect::<Vec<_>>());
    let requests: Vec<String> = NAMES.iter().map(|line| format!("helm __completeNoDesc {line}")).collect();
    beside.same(&requests.iter().map(String::as_str).collect::<Vec<_>>());
    beside.same(&["helm __complete", "HELM_ACTIVE_HELP=0 helm __complete list ''", "helm completion bash x"]);
}

#[test]
fn charts_of_repositories() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let server = site(&beside).start();
    let beside = beside.variable("URL", &server.url());
    beside.same(&["helm repo add local $URL && helm repo add other $URL && touch localfile && mkdir lodir"]);
    let requests = [
        "upgrade web ''",
        "upgrade web lo",
        "upgrade web loc",
        "upgrade web lod",
        "upgrade web local/ | sort",
        "upgrade web local/x | sort",
        "upgrade web ./",
        "upgrade web htt",
        "upgrade web local/web ''",
        "install x local/w | sort",
        "install -g ''",
        "install --generate-name lo",
        "install -g local/web ''",
        "template x nosuch/",
        "pull ''",
        "pull l",
        "pull ./",
        "show values ''",
        "show values local/web ''",
        "install x local/web --version ''",
        "install -g local/web --version 9",
        "upgrade x local/none --version ''",
        "show all local/tool --version ''",
        "pull other/data --version=",
        "repo remove ''",
        "repo remove local ''",
        "repo update x",
    ];
    let requests: Vec<String> = requests.iter().map(|line| format!("helm __complete {line}")).collect();
    beside.same(&requests.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn releases_revisions_and_contexts() {
    let (Some(plane), Some(beside)) = (controlplane::shared(), Beside::new(RHELM)) else { return };
    let beside = beside
        .variable("KUBECONFIG", &plane.kubeconfig().display().to_string())
        .variable("HELM_NAMESPACE", &controlplane::unique_namespace())
        .files(
            "web",
            &Files::chart("web")
                .file("templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n"),
        );
    let made = "helm install web web --create-namespace && helm upgrade web web && helm install other web";
    assert!(beside.theirs(&format!("({made}) >/dev/null")).starts_with("exit 0"));
    let requests = [
        "status ''",
        "status o",
        "status web ''",
        "uninstall web ''",
        "get values ''",
        "upgrade -i ''",
        "rollback ''",
        "rollback web ''",
        "rollback web 1 ''",
        "rollback nosuch ''",
        "status web --revision ''",
        "get all web --revision 1",
        "status --revision ''",
        "status nosuch --revision ''",
        "list --kube-context ''",
        "--kube-context=",
    ];
    let requests: Vec<String> = requests.iter().map(|line| format!("helm __complete {line}")).collect();
    beside.same(&requests.iter().map(String::as_str).collect::<Vec<_>>());
    // Others make namespaces meanwhile.
    beside.same(&["helm __complete list -n '' | grep -x -e default -e kube-system -e :4"]);
}

/// A real shell is asked what it would complete.
#[test]
fn bash_completes_what_the_program_says() {
    let Some(beside) = Beside::new(RHELM) else { return };
    let beside = beside.files(
        "plugins/foo",
        &Files::new().file("plugin.yaml", "name: foo\nversion: 0.1.0\nusage: use foo\ncommand: foo\n"),
    );
    let beside = beside.variable("HELM_PLUGINS", "plugins");
    // As bash cuts it: at blanks, and at = and :.
    let complete = |line: &str| {
        let words = line.replace('=', " = ").replace(':', " : ");
        let words: Vec<&str> = words.split(' ').filter(|word| !word.is_empty()).collect();
        let blank = if line.ends_with(' ') { " ''" } else { "" };
        let script = format!(
            "helm completion bash > s; bash -c 'source ./s; COMP_LINE=\"{line}\"; COMP_WORDS=({}{blank}); \
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _helm_complete; printf \"%s\\n\" \"${{COMPREPLY[@]}}\"'",
            words.join(" ").replace('\'', "")
        );
        beside.ours(&script.replace(" ''", " \"\""))
    };
    assert_eq!(complete("helm upg"), "upgrade\nexit 0\n");
    assert_eq!(complete("helm fo"), "foo\nexit 0\n");
    assert_eq!(complete("helm repo a"), "add\nexit 0\n");
    assert_eq!(complete("helm list --all-n"), "--all-namespaces\nexit 0\n");
    assert_eq!(complete("helm list --output=j"), "json\nexit 0\n");
    assert_eq!(complete("helm pull oci:"), "//\nexit 0\n");
    assert_eq!(complete("helm list "), "\nexit 0\n");
    let formats = "json   (Output result in JSON format)\ntable  (Output result in human-readable format)\nyaml   (Output result in YAML format)\nexit 0\n";
    assert_eq!(complete("helm list -o "), formats);
    assert_eq!(complete("helm list --output="), formats);
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let said = beside.ours(&format!(
            "helm completion {shell} > s && grep -q __complete s && ! grep -q -e PROGRAM -e REQUEST s && \
             helm completion {shell} --no-descriptions | grep -c __completeNoDesc"
        ));
        assert_eq!(said, "1\nexit 0\n", "{shell}");
    }
}
