//! scratch
use rhelm_lib::postrender::{
    PostRenderer,
    labels::{Label, Labels},
    secrets::{Baseline, Scanner, Secrets, built_in},
    select::Selection,
    sidecar::{Sidecar, Sidecars},
};
use std::time::Instant;
fn main() {
    let input = std::fs::read("/tmp/post-b/large.yaml").unwrap();
    let input = &input[..50_000_000];
    let end = input.windows(4).rposition(|w| w == b"\n---").unwrap() + 1;
    let input = &input[..end];
    let which = std::env::args().nth(1).unwrap();
    let s = Instant::now();
    let mut out = std::io::sink();
    match which.as_str() {
        "labels" => Labels { labels: vec![Label::new("team", "web").unwrap()], ..Labels::default() }
            .run(&mut &input[..], &mut out, &mut std::io::sink())
            .unwrap(),
        "sidecar" => Sidecars {
            sidecars: vec![Sidecar::read("s", "containers:\n- name: proxy\n  image: example.com/proxy:1.2\n").unwrap()],
            ..Sidecars::default()
        }
        .run(&mut &input[..], &mut out, &mut std::io::sink())
        .unwrap(),
        "secrets" => {
            Secrets {
                scanner: Scanner::new(built_in(), &[]).unwrap(),
                allow: vec![],
                baseline: Baseline::default(),
                selection: Selection::default(),
            }
            .scan(&mut &input[..], &mut out)
            .unwrap();
        }
        _ => panic!(),
    }
    let t = s.elapsed().as_secs_f64();
    println!("{which} {:.0} MB/s", input.len() as f64 / 1e6 / t);
}
