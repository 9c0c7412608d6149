//! Power cuts during sign-off: what a disk could hold at any moment opens again with every sign-off that was
//! acknowledged. (Importing and upgrading are cut in the store's own tests, where the control weakens SQLite.)
use std::path::Path;

use board::Cabinet;
use board::views::Role;
use powercut::{Cuts, Dice, Lies, Recorder, Trace, full_counts, seed};

use super::signing::{Signer, child_that_signs};
use crate::journey::{Journey, options};

type Held = Result<(), String>;

/// Opens what is left, and says what does not hold.
async fn check(data: &Path, signer: &Signer, acknowledged: u32, go_on: bool) -> Held {
    let said = |what: &str, error: board::BoardError| format!("{what}: {error}");
    let cabinet = Cabinet::open(options(data)).await.map_err(|e| said("it does not open", e))?;
    let problems = cabinet.problems().await.map_err(|e| said("the record", e))?;
    if !problems.is_empty() {
        return Err(format!("the record does not verify: {problems:?}"));
    }
    let kept = signer.sign_offs(&cabinet).await.map_err(|e| said("the change", e))?;
    if kept < acknowledged || kept > acknowledged + 1 {
        return Err(format!("{acknowledged} sign-offs were acknowledged, {kept} are there"));
    }
    let (before, after) = cabinet.rebuild().await.map_err(|e| said("rebuilding", e))?;
    if before != after {
        return Err("the projection does not follow from the record".to_owned());
    }
    // The keys outlived the cut as well.
    if go_on {
        let next = signer.sign(&cabinet).await.map_err(|e| said("the next sign-off", e))?;
        if next != kept + 1 {
            return Err(format!("the next sign-off is {next} after {kept}"));
        }
    }
    cabinet.finish_work().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_during_sign_off_loses_nothing_acknowledged_and_the_same_cuts_notice_a_disk_that_lies() {
    let dir = powercut::folder().expect("a folder");
    let (data, base, out) = (dir.path().join("data"), dir.path().join("base"), dir.path().join("trace"));
    let journey = Journey::begin_small().await;
    let signer = Signer::of(&journey, Role::Cto).await;
    signer.sign(&journey.cabinet).await.expect("signed once before");
    journey.cabinet.finish_work().await;
    powercut::copy_folder(&journey.data_dir(), &base).expect("copied");
    powercut::copy_folder(&base, &data).expect("copied");
    drop(journey);

    let rounds = 40;
    let mut command = child_that_signs(&data, &signer, Some(rounds));
    Recorder::compile().expect("a C compiler").record_without_syncing(&mut command, &data, &out);
    let done = command.output().expect("it runs");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
    let trace = Trace::read(&out).expect("a trace");
    assert_eq!(trace.acknowledged(trace.calls.len()), Some(rounds + 1));
    let start = trace.after_line("ready");
    let folded = trace.changing(start).into_iter().filter(|i| trace.calls[*i].name == "cabinet.db").count();
    assert!(folded > 0, "the write-ahead log was never folded into the database: the trace is too short");

    let wanted = if full_counts() { 800 } else { 30 };
    let (mut lost, mut held) = (Vec::new(), 0);
    for cut in Cuts::of(&trace, &base, start, wanted, Lies::Never, Dice::new(seed())).expect("cuts") {
        let cut = cut.expect("a disk");
        let acknowledged = cut.acknowledged.unwrap_or(1);
        match check(&cut.folder(), &signer, acknowledged, cut.number % 5 == 0).await {
            Ok(()) => held += 1,
            Err(why) => lost.push(format!("point {} after call {}: {why}", cut.number, cut.index)),
        }
    }
    let calls = trace.changing(start).len();
    println!(
        "power cuts, signing: {held} of {wanted} points hold, over {rounds} sign-offs and {calls} calls that change \
         the disk, {folded} of them in the database (seed {})",
        seed()
    );
    assert!(lost.is_empty(), "seed {}: {} do not hold: {:#?}", seed(), lost.len(), &lost[..lost.len().min(5)]);
    assert_eq!(held, wanted, "no cut was passed over");

    // The control: the very same trace on a disk that ignores what COMMIT waits for.
    let wanted = if full_counts() { 50 } else { 10 };
    let mut missing = 0;
    for cut in Cuts::of(&trace, &base, start, wanted, Lies::About("-wal"), Dice::new(seed())).expect("cuts") {
        let cut = cut.expect("a disk");
        missing += usize::from(check(&cut.folder(), &signer, cut.acknowledged.unwrap_or(1), false).await.is_err());
    }
    println!("control, signing on a disk that ignores syncs of the write-ahead log: {missing} of {wanted} points lose");
    assert!(missing * 4 >= wanted, "only {missing} of {wanted} lose: the cuts notice too little");
}
