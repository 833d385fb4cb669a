//! The same post-renderers for every revision, in a cluster and a store that are kept in memory.

use rhelm_lib::action::install::InstallOptions;
use rhelm_lib::action::rollback::{RollbackOptions, rollback};
use rhelm_lib::action::upgrade::UpgradeOptions;
use rhelm_lib::postrender::Identity;
use rhelm_lib::postrender::identity::StageIdentity;
use rhelm_lib::release::{Info, Release, Status};
use rhelm_lib::store::StoreError;
use rhelm_testutil::world::{World, at_once, config_map};

fn stage(name: &str, argument: &str) -> StageIdentity {
    let (name, argument) = (name.to_owned(), argument.to_owned());
    StageIdentity {
        program: name.clone(),
        name,
        digest: "sha256:1".into(),
        arguments: vec![argument],
        ..StageIdentity::default()
    }
}

fn pipeline(stages: &[StageIdentity]) -> Identity {
    Identity { stages: stages.to_vec(), ..Identity::default() }
}

fn through(stages: &[StageIdentity]) -> World {
    let mut world = World::default();
    world.pipeline = pipeline(stages);
    world
}

fn install(world: &World) {
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    world.install(&options, &config_map("a", "", "a")).expect("installed");
}

fn upgrade(world: &World, reason: Option<&str>) -> Result<u32, String> {
    let options = UpgradeOptions {
        name: "web".into(),
        namespace: "default".into(),
        accept_pipeline_change: reason.map(str::to_owned),
        ..UpgradeOptions::default()
    };
    let upgraded = world.upgrade(&options, &config_map("a", "", "b"));
    upgraded.map(|release| release.revision).map_err(|error| error.to_string())
}

/// Each revision's stages, and why they changed.
fn kept(world: &World) -> Vec<String> {
    let kept = at_once(world.store.pipelines("default", "web")).expect("pipelines");
    let line = |(revision, kept): (u32, rhelm_lib::postrender::identity::Kept)| {
        format!("{revision}: {}, {:?}", kept.pipeline.summary(), kept.reason)
    };
    kept.into_iter().map(line).collect()
}

#[test]
fn without_post_renderers_nothing_is_kept() {
    let world = through(&[]);
    install(&world);
    assert_eq!(upgrade(&world, None), Ok(2));
    assert_eq!(kept(&world), Vec::<String>::new());
}

#[test]
fn another_pipeline_is_refused_with_the_difference() {
    let mut world = through(&[stage("a", "1"), stage("b", "2")]);
    install(&world);
    assert_eq!(upgrade(&world, None), Ok(2));
    let end = "give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change";
    world.pipeline = pipeline(&[stage("a", "1"), stage("b", "3")]);
    let text =
        format!("the post-renderers are not those of revision 2:\n a 1 (sha256:1)\n-b 2 (sha256:1)\n+b 3 (sha256:1)\n{end}");
    assert_eq!(upgrade(&world, None), Err(text));
    world.pipeline = Identity::default();
    let text = format!("the post-renderers are not those of revision 2:\n-a 1 (sha256:1)\n-b 2 (sha256:1)\n{end}");
    assert_eq!(upgrade(&world, None), Err(text));
    assert_eq!(world.recorded().len(), 2, "nothing was done");
    assert_eq!(kept(&world), ["1: a | b, \"\"", "2: a | b, \"\""]);
}

#[test]
fn a_change_with_a_reason_is_recorded_and_is_the_rule_from_then_on() {
    let mut world = through(&[stage("a", "1")]);
    install(&world);
    world.pipeline = Identity::default();
    assert_eq!(upgrade(&world, Some(" ")), Err("a change of the pipeline needs a reason".to_owned()));
    assert_eq!(upgrade(&world, Some("no longer needed")), Ok(2));
    assert_eq!(upgrade(&world, Some("nothing changes")), Ok(3));
    let expected = ["1: a, \"\"", "2: none, \"no longer needed\"", "3: none, \"\""];
    assert_eq!(kept(&world), expected);
    world.pipeline = pipeline(&[stage("a", "1")]);
    let text = "the post-renderers are not those of revision 3:\n+a 1 (sha256:1)\n\
                give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change";
    assert_eq!(upgrade(&world, None), Err(text.to_owned()));
}

#[test]
fn a_rollback_takes_the_pipeline_of_its_revision() {
    let mut world = through(&[stage("a", "1")]);
    install(&world);
    world.pipeline = pipeline(&[stage("b", "1")]);
    assert_eq!(upgrade(&world, Some("b is better")), Ok(2));
    let options = RollbackOptions { name: "web".into(), namespace: "default".into(), ..RollbackOptions::default() };
    world.run(async |context| rollback(context, &options).await).expect("rolled back");
    assert_eq!(kept(&world)[2], "3: a, \"rollback to 1\"");
    world.pipeline = pipeline(&[stage("a", "1")]);
    assert_eq!(upgrade(&world, None), Ok(4));
}

#[test]
fn a_revision_that_helm_made_does_not_hide_the_pipeline() {
    let mut world = through(&[stage("a", "1")]);
    install(&world);
    let info = Info { status: Status::Deployed, last_deployed: "2026-02-03T04:05:06Z".into(), ..Info::default() };
    let release = Release { name: "web".into(), namespace: "default".into(), revision: 2, info, ..Release::default() };
    at_once(world.store.create(&release)).expect("as Helm does");
    world.pipeline = Identity::default();
    let text = "the post-renderers are not those of revision 1:\n-a 1 (sha256:1)\n\
                give the same ones or --pipeline=recorded, or say why with --accept-pipeline-change";
    assert_eq!(upgrade(&world, None), Err(text.to_owned()));
    let told = "WARN a revision was made without rhelm: what its documents went through is not known name=web revision=2 pipelineOf=1";
    assert_eq!(world.told(), [told]);
    world.pipeline = pipeline(&[stage("a", "1")]);
    assert_eq!(upgrade(&world, None), Ok(3));
}

#[test]
fn a_pipeline_that_cannot_be_kept_leaves_no_revision() {
    let world = through(&[stage("a", "1")]);
    world.refuse_record("write companion", StoreError::Failed("500".into()));
    let options = InstallOptions { name: "web".into(), namespace: "default".into(), ..InstallOptions::default() };
    let error = world.install(&options, &config_map("a", "", "a")).expect_err("not kept");
    assert_eq!(error.to_string(), "the pipeline could not be recorded: 500");
    assert_eq!(world.recorded(), Vec::<String>::new());
    assert_eq!(world.objects(), Vec::<String>::new());
    install(&world);
    world.refuse_record("write companion", StoreError::Failed("500".into()));
    assert_eq!(upgrade(&world, None), Err("the pipeline could not be recorded: 500".to_owned()));
    assert_eq!(world.recorded().len(), 1);
    // Where not even the record can be removed, it blocks what comes next.
    world.refuse_record("write companion", StoreError::Failed("500".into()));
    world.refuse_record("delete", StoreError::Failed("501".into()));
    assert_eq!(upgrade(&world, None), Err("the pipeline could not be recorded: 500".to_owned()));
    let told =
        "WARN the record of a revision without its pipeline could not be removed: it stays pending name=web error=501";
    assert_eq!(world.told(), [told]);
    let busy = "another operation (install/upgrade/rollback) is in progress";
    assert_eq!(upgrade(&world, None), Err(busy.to_owned()));
}
