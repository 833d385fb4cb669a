//! Charts from directories and archives: where files go, what is followed, what is refused.

use rhelm_lib::chart::{Chart, loader};
use rhelm_lib::log::Log;
use rhelm_testutil::chart::{Files, Tar, chart_yaml, gzip};
use std::os::unix::fs::symlink;
use std::path::Path;
use tempfile::TempDir;

fn load(path: &Path) -> Result<(Chart, Vec<String>), String> {
    match loader::load(path) {
        Ok((chart, logs)) => Ok((chart, logs.iter().map(Log::to_string).collect())),
        Err(error) => Err(error.to_string()),
    }
}

/// Loads a chart from an archive.
fn load_archive(archive: &[u8]) -> Result<Chart, String> {
    let directory = Files::new().file("c.tgz", archive).write();
    load(&directory.path().join("c.tgz")).map(|(chart, _)| chart)
}

/// What is said of an archive within a chart, where nothing is left out.
fn nested_error(archive: &[u8]) -> String {
    let directory = Files::chart("c").file("charts/s.tgz", archive).write();
    let error = load(directory.path()).expect_err("a bad archive");
    error.strip_prefix("error unpacking subchart s.tgz in c: ").expect("the place").to_owned()
}

fn names(files: &[rhelm_lib::chart::File]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

fn replaced(text: &str, directory: &TempDir) -> String {
    text.replace(&*directory.path().to_string_lossy(), "<DIR>")
}

fn full() -> Files {
    Files::chart("c")
        .file(".helmignore", "ignored.txt\n")
        .file("Chart.lock", "digest: x\ngenerated: 2020-01-01T00:00:00.50Z\n")
        .file("README.md", "\u{feff}\u{feff}read me")
        .file("charts/README.prov", "signed")
        .file("charts/_skipped/x", "")
        .file("charts/s/Chart.yaml", chart_yaml("s"))
        .file("charts/s/charts/t/Chart.yaml", chart_yaml("t"))
        .file("charts/s/templates/x.yaml", "x: 1")
        .file("charts/u-1.tgz", Files::chart("u").file("values.yaml", "u: 1").pack("anything"))
        .file("crds/x.yaml", "kind: X")
        .file("ignored.txt", "x")
        .file("templates/.hidden", "")
        .file("templates/_helpers.tpl", "")
        .file("templates/sub/x.txt", "")
        .file("values.schema.json", "{}")
        .file("values.yaml", "a: 1\n---\nb: 2\n")
}

fn check_full(chart: &Chart, extra_files: &[&str], extra_templates: &[&str]) {
    let files = ["README.md", "charts/README.prov", "crds/x.yaml"];
    let mut expected = [extra_files, &files[..]].concat();
    expected.sort_unstable();
    assert_eq!(names(&chart.files), expected);
    let templates = ["templates/_helpers.tpl", "templates/sub/x.txt"];
    assert_eq!(names(&chart.templates), [extra_templates, &templates[..]].concat());
    let readme = chart.files.iter().find(|file| file.name == "README.md").expect("it is there");
    assert_eq!(readme.data, "\u{feff}read me".as_bytes());
    assert_eq!(chart.schema.as_deref(), Some(&b"{}"[..]));
    assert_eq!(goyaml::Value::Map(chart.values.clone()), goyaml::decode("{a: 1, b: 2}").expect("values"));
    let lock = chart.lock.as_ref().expect("a lock");
    assert_eq!((lock.digest.as_str(), lock.generated.as_str()), ("x", "2020-01-01T00:00:00.5Z"));
    let subcharts: Vec<_> = chart.dependencies.iter().map(|chart| chart.metadata.name.as_str()).collect();
    assert_eq!(subcharts, ["s", "u"]);
    assert_eq!(names(&chart.dependencies[0].templates), ["templates/x.yaml"]);
    assert_eq!(chart.dependencies[0].dependencies[0].metadata.name, "t");
    assert!(chart.modified.is_some() && chart.schema_modified.is_some());
}

#[test]
fn files_of_a_directory_go_where_they_belong() {
    let directory = full().write();
    let (chart, logs) = load(directory.path()).expect("a chart");
    check_full(&chart, &[".helmignore"], &[]);
    assert_eq!(logs, [""; 0]);
}

#[test]
fn an_archive_holds_the_same_chart_but_nothing_is_ignored() {
    let chart = load_archive(&full().pack("whatever")).expect("a chart");
    check_full(&chart, &[".helmignore", "ignored.txt"], &["templates/.hidden"]);
    assert_eq!(chart.modified.as_deref(), Some("2020-07-04T04:05:20Z"));
}

#[test]
fn links_are_followed_and_told_of() {
    let files = Files::new().file("c/Chart.yaml", chart_yaml("c")).file("outside.txt", "out").file("c/real/a", "a");
    let directory = files.write();
    let chart = directory.path().join("c");
    symlink("../outside.txt", chart.join("l.txt")).expect("a link");
    symlink("real", chart.join("ld")).expect("a link");
    let (chart, logs) = load(&chart).expect("a chart");
    assert_eq!(names(&chart.files), ["l.txt", "ld/a", "real/a"]);
    assert_eq!(chart.files[0].data, "out");
    let message = "level=INFO msg=\"found symbolic link in path. Contents of linked file included and used\"";
    let expected = [
        format!("{message} path=<DIR>/c/l.txt resolved=<DIR>/outside.txt"),
        format!("{message} path=<DIR>/c/ld resolved=<DIR>/c/real"),
    ];
    assert_eq!(logs.iter().map(|log| replaced(log, &directory)).collect::<Vec<_>>(), expected);
}

#[test]
fn links_that_lead_nowhere_are_refused() {
    let cases = [
        ("/no/such/file", "lstat /no: no such file or directory"),
        ("../c/nope/x", "lstat <DIR>/nope: no such file or directory"),
        ("Chart.yaml/x", "not a directory"),
        ("link", "EvalSymlinks: too many links"),
    ];
    for (target, cause) in cases {
        let directory = Files::chart("c").write();
        let target = target.replace("../c", &directory.path().to_string_lossy());
        symlink(target, directory.path().join("link")).expect("a link");
        let error = load(directory.path()).expect_err("a bad link");
        assert_eq!(replaced(&error, &directory), format!("error evaluating symlink <DIR>/link: {cause}"));
    }
}

#[test]
fn a_link_to_its_own_directory_ends() {
    let directory = Files::chart("c").write();
    symlink(".", directory.path().join("l")).expect("a link");
    let error = load(directory.path()).expect_err("a loop");
    let path = "/l".repeat(41);
    assert_eq!(replaced(&error, &directory), format!("open <DIR>{path}: too many levels of symbolic links"));
}

#[test]
fn links_cannot_multiply_without_end() {
    let directory = Files::chart("c").write();
    let level = |number: usize| directory.path().join(format!("d{number}"));
    for number in 0..30 {
        std::fs::create_dir(level(number)).expect("a directory");
        for link in ["a", "b"] {
            symlink(level(number + 1), level(number).join(link)).expect("a link");
        }
    }
    std::fs::create_dir(level(30)).expect("a directory");
    assert_eq!(load(directory.path()).expect_err("too many"), "chart has more than 10000 files");
}

#[test]
fn devices_and_pipes_are_refused() {
    let directory = Files::chart("c").write();
    symlink("/dev/null", directory.path().join("null")).expect("a link");
    let error = load(directory.path()).expect_err("a device");
    let expected = "cannot load irregular file <DIR>/null as it has file mode type bits set";
    assert_eq!(replaced(&error, &directory), expected);
}

#[test]
fn ten_thousand_directories_deep() {
    let directory = Files::chart("c").write();
    let mut deepest = directory.path().to_path_buf();
    // As deep as a path can be; Helm stops there too.
    for _ in 0..1900 {
        deepest.push("d");
    }
    std::fs::create_dir_all(&deepest).expect("directories");
    std::fs::write(deepest.join("f"), "x").expect("a file");
    let (chart, _) = load(directory.path()).expect("a chart");
    assert_eq!(names(&chart.files), [format!("{}f", "d/".repeat(1900))]);
    let path = format!("c/{}f", "d/".repeat(10_000));
    let chart = load_archive(&gzip(&Tar::new().file("c/Chart.yaml", chart_yaml("c")).file(&path, "x").finish()));
    assert_eq!(chart.expect("a chart").files[0].name.len(), 20_001);
}

#[test]
fn paths_that_are_no_charts() {
    let directory = Files::new().file("x.yaml", "a: 1").file("x.bin", "text").file("x.zip", "PK\x03\x04").write();
    let cases = [
        ("nope", "stat <DIR>/nope: no such file or directory"),
        ("", "unable to detect chart at <DIR>/Chart.yaml: open <DIR>/Chart.yaml: no such file or directory"),
        ("x.yaml", "file '<DIR>/x.yaml' seems to be a YAML file, but expected a gzipped archive"),
        ("x.bin", "file '<DIR>/x.bin' does not appear to be a gzipped archive; got 'application/octet-stream'"),
        ("x.zip", "file '<DIR>/x.zip' does not appear to be a gzipped archive; got 'application/zip'"),
    ];
    for (path, expected) in cases {
        let error = load(&directory.path().join(path)).expect_err("no chart");
        assert_eq!(replaced(&error, &directory), expected);
    }
}

#[test]
fn archives_that_must_not_be_read() {
    let with = |path: &str, kind: u8| {
        gzip(
            &Tar::new()
                .file("c/Chart.yaml", chart_yaml("c"))
                .entry(path, kind, if kind == b'0' { "x" } else { "" })
                .finish(),
        )
    };
    let good = Files::chart("c").pack("c");
    let cases: &[(Vec<u8>, &str)] = &[
        (with("c/../../x", b'0'), "chart illegally references parent directory"),
        (with("c/..x", b'0'), "chart illegally references parent directory"),
        (with("c//etc/x", b'0'), "chart illegally contains absolute paths"),
        (with("c/C:/x", b'0'), "chart contains illegally named files"),
        (with("x", b'0'), "chart illegally contains content outside the base directory: \"x\""),
        (with("Chart.yaml/x", b'0'), "chart yaml not in base directory"),
        (gzip(&Tar::new().entry("c/", b'5', "").finish()), "no files in chart archive"),
        (gzip(b"garbage, and more of it".repeat(100).as_slice()), "archive/tar: invalid tar header"),
        (gzip(Tar::new().header("c/x", b'0', 5000).raw("short").bytes()), "unexpected EOF"),
        (good[..good.len() / 2].to_vec(), "unexpected EOF"),
        (Vec::new(), "EOF"),
        (b"hello world".to_vec(), "gzip: invalid header"),
    ];
    for (archive, expected) in cases {
        assert_eq!(nested_error(archive), *expected);
        if archive.starts_with(&[0x1f, 0x8b]) {
            assert_eq!(load_archive(archive).expect_err("a bad archive"), "unable to load chart archive");
        }
    }
    let no_chart = gzip(&Tar::new().file("c/x", "").finish());
    let expected = "unable to detect chart version, no Chart.yaml found";
    assert_eq!(load_archive(&no_chart).expect_err("no chart"), expected);
}

#[test]
fn links_in_archives_are_empty_files() {
    let tar = Tar::new().file("c/Chart.yaml", chart_yaml("c")).entry("c/s", b'2', "").entry("c/h", b'1', "");
    let chart = load_archive(&gzip(&tar.finish())).expect("a chart");
    assert_eq!(names(&chart.files), ["s", "h"]);
    assert!(chart.files.iter().all(|file| file.data.is_empty()));
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![0; 60 << 20];
    let bomb = Tar::new().file("c/Chart.yaml", chart_yaml("c")).file("c/a", &zeros);
    let small_enough = gzip(&bomb.clone().finish());
    assert_eq!(load_archive(&small_enough).expect("a chart").files[0].data.len(), 60 << 20);
    let too_large = gzip(&bomb.file("c/b", &zeros).finish());
    assert_eq!(load_archive(&too_large).expect_err("a bomb"), "unable to load chart archive");
    assert_eq!(nested_error(&too_large), "decompressed chart is larger than the maximum size 104857600");
    // The header alone says it is too large.
    let claimed = gzip(&Tar::new().header("c/x", b'0', 8_589_934_591).finish());
    assert_eq!(nested_error(&claimed), "decompressed chart is larger than the maximum size 104857600");
    let many =
        (0..5).fold(Files::chart("c"), |files, number| files.file(&format!("charts/{number}.tgz"), small_enough.clone()));
    let directory = many.write();
    let expected = "error unpacking subchart 4.tgz in c: decompressed chart is larger than the maximum size 268435456";
    assert_eq!(load(directory.path()).expect_err("many bombs"), expected);
}

#[test]
fn directories_have_limits_too() {
    let directory = Files::chart("c").write();
    let file = std::fs::File::create(directory.path().join("big")).expect("a file");
    file.set_len(100 << 20).expect("a sparse file");
    let expected = "error reading big: chart exceeds maximum decompressed size of 104857600 bytes";
    assert_eq!(load(directory.path()).expect_err("too large"), expected);
}

#[test]
fn huge_counts_are_refused() {
    let mut tar = Tar::new().file("c/Chart.yaml", chart_yaml("c"));
    for _ in 0..100_000 {
        tar = tar.header("c/x", b'0', 0);
    }
    let archive = gzip(&tar.finish());
    assert_eq!(nested_error(&archive), "chart has more than 100000 files");
}

#[test]
fn charts_nest_only_so_deep() {
    let nested = |levels: usize| {
        let chart = |level: usize| format!("{}Chart.yaml", "charts/s/".repeat(level));
        (0..=levels).fold(Files::new(), |files, level| files.file(&chart(level), chart_yaml("s")))
    };
    let deepest = |mut chart: Chart| {
        let mut depth = 0;
        while let Some(below) = chart.dependencies.pop() {
            chart = below;
            depth += 1;
        }
        depth
    };
    assert_eq!(deepest(load_archive(&nested(100).pack("s")).expect("a chart")), 100);
    let error = load_archive(&nested(101).pack("s")).expect_err("too deep");
    assert!(error.ends_with("in s: charts are nested more than 100 levels deep"), "{error}");
}
