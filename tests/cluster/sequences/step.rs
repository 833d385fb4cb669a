//! One step of a sequence: who does what. Steps come from a seed, and are told as command lines.

use std::fmt::{Display, Formatter, Result};
use std::fs;
use std::path::Path;

/// Xorshift: the same numbers for the same seed.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Program {
    Helm4,
    Helm3,
    Rhelm,
}

#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) program: Program,
    /// The subcommand and its flags. `CHART-n` stands for the folder of the chart of that number.
    pub(super) words: Vec<String>,
}

impl Display for Step {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        write!(formatter, "{:?} {}", self.program, self.words.join(" "))
    }
}

impl Step {
    pub(super) fn random(random: &mut Random) -> Self {
        let program = [Program::Helm4, Program::Helm3, Program::Rhelm, Program::Rhelm][random.below(4) as usize];
        let chart = format!("CHART-{}", random.below(CHARTS));
        let size = random.below(4);
        let mut line = match random.below(10) {
            0..=1 => format!("install web {chart}"),
            2..=5 => format!("upgrade web {chart}"),
            6 => format!("upgrade --install web {chart}"),
            7..=8 => format!("rollback web {}", random.below(6)),
            _ => "uninstall web".to_owned(),
        };
        let is_upgrade = line.starts_with("upgrade");
        if is_upgrade || line.starts_with("install") {
            for flag in [format!(" --set size={size}"), format!(" --set-string text=<{size}&é>")] {
                line += if random.one_in(2) { &flag } else { "" };
            }
            line += if random.one_in(4) { " --description told" } else { "" };
        }
        let reuse = ["", "", " --reuse-values", " --reset-values", " --reset-then-reuse-values"];
        line += if is_upgrade { reuse[random.below(5) as usize] } else { "" };
        line += if line.starts_with("uninstall") && random.one_in(2) { " --keep-history" } else { "" };
        line += if !line.starts_with("uninstall") && random.one_in(6) { " --no-hooks" } else { "" };
        Self { program, words: line.split(' ').map(str::to_owned).collect() }
    }
}

/// How many charts there are. The bits of a chart's number say what it holds.
pub(super) const CHARTS: u64 = 32;

/// Writes the chart of a number.
pub(super) fn write_chart(folder: &Path, number: u64) {
    let has = |bit: u64| number >> bit & 1 == 1;
    let version = format!("apiVersion: v2\nname: app\nversion: 0.{number}.0\nappVersion: \"{number}\"\n");
    let mut files = vec![
        ("Chart.yaml", version),
        ("values.yaml", format!("size: {number}\ntext: plain\nnested: {{of: {number}}}\n")),
        ("templates/NOTES.txt", "{{ .Release.Name }} {{ .Release.Revision }} is {{ .Values.size }}.\n".to_owned()),
        ("templates/a.yaml", map("a", "")),
    ];
    if has(0) {
        files.push(("templates/b.yaml", map("b", "")));
    }
    if has(1) {
        let secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  text: {{ .Values.text | quote }}\n";
        files.push(("templates/s.yaml", secret.to_owned()));
    }
    if has(2) {
        // Of this chart with size 3 the server wants nothing to know.
        let port = "{{ if eq (int .Values.size) 3 }}70000{{ else }}{{ add 80 (int .Values.size) }}{{ end }}";
        let spec = format!("spec:\n  selector: {{app: web}}\n  ports:\n  - {{name: http, port: {port}}}\n");
        files.push(("templates/v.yaml", format!("apiVersion: v1\nkind: Service\nmetadata:\n  name: v\n{spec}")));
    }
    if has(3) {
        let events = "pre-install,post-upgrade,pre-rollback,post-delete";
        let policy = if has(0) { "\n    helm.sh/hook-delete-policy: hook-succeeded" } else { "" };
        let annotations = format!("  annotations:\n    helm.sh/hook: {events}\n    helm.sh/hook-weight: \"-2\"{policy}\n");
        files.push(("templates/h.yaml", map("h", &annotations)));
    }
    if has(4) {
        files.push(("templates/k.yaml", map("k", "  annotations:\n    helm.sh/resource-policy: keep\n")));
    }
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

fn map(name: &str, more: &str) -> String {
    let data = "data:\n  size: {{ .Values.size | quote }}\n  text: {{ .Values.text | quote }}\n  of: {{ .Values.nested.of | quote }}\n";
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n{more}{data}")
}
