//! What was acknowledged is on the disk, and not only on its way there.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::thread;
use std::time::Duration;

use crate::bellhop;
use crate::calls::connect;
use crate::cli::{Bellhop, Endpoint, Process};
use crate::disk::{Disk, State, Survival};
use crate::load::{CALLERS, Load, Random, SECRET, assert_kept, assert_settles, rounds};

/// Cuts after which a new database is begun: those that are checked stay small.
const CUTS: u32 = 25;

/// What was done and looked at.
#[derive(Debug, Default)]
struct Totals {
    cuts: usize,
    acknowledged: usize,
    writes: usize,
    syncs: usize,
    states: usize,
    rows: usize,
}

/// A new data directory with an endpoint, as a disk surely holds it after the command has said that it is there.
fn begun(totals: &mut Totals) -> (Bellhop, Endpoint) {
    let bellhop = bellhop();
    let disk = Disk::below(bellhop.home());
    let before = State::read(bellhop.home());
    let add = bellhop.command(&["endpoint", "add", "bookora", "--secret-stdin", "--json"]);
    let added = run(disk.put_below(add), SECRET);
    let endpoint = Endpoint::of(&serde_json::from_str(&added).unwrap());
    let after = disk
        .journal()
        .after_power_cut(&before, Survival::Synced, &mut |_| 0);
    totals.cuts += 1;
    (restored(&after), endpoint)
}

fn run(mut command: Command, input: &str) -> String {
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// A computer that starts with what its disk holds.
fn restored(state: &State) -> Bellhop {
    let bellhop = bellhop();
    state.write(bellhop.home());
    bellhop
}

#[test]
fn acknowledged_calls_survive_a_power_cut_at_any_moment() {
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut random = Random(0x0b5e_55ed_0d15_c0de);
    let mut totals = Totals::default();
    let mut acknowledged = BTreeSet::new();
    let mut current: Option<(Bellhop, Endpoint)> = None;
    for round in rounds(40) {
        let (bellhop, endpoint) = match current.take() {
            Some(current) => current,
            None => {
                acknowledged.clear();
                begun(&mut totals)
            }
        };
        let before = State::read(bellhop.home());
        let disk = Disk::below(bellhop.home()).slower_by(u32::try_from(random.below(3)).unwrap());
        let serve = disk.put_below(bellhop.command(&["serve", "--json"]));
        if random.below(6) == 0 {
            // While it starts, and brings to order what the last cut left.
            let mut process = Process::start(serve);
            thread::sleep(Duration::from_micros(random.below(80_000)));
            process.kill();
        } else {
            let mut serving = bellhop.serve_by(serve);
            let told = thread::scope(|scope| {
                let load = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
                thread::sleep(Duration::from_micros(random.below(250_000)));
                serving.process.kill();
                load.join()
            });
            assert_eq!(told.refused, 0);
            let stderr = serving.process.stderr();
            assert!(stderr.is_empty(), "{stderr}");
            totals.acknowledged += told.acknowledged.len();
            acknowledged.extend(told.acknowledged);
        }
        totals.cuts += 1;
        let journal = disk.journal();
        let (writes, syncs) = journal.writes_and_syncs();
        totals.writes += writes;
        totals.syncs += syncs;
        let mut left = Vec::new();
        for survival in Survival::EACH {
            let state = journal.after_power_cut(&before, survival, &mut |bound| random.below(bound));
            let bellhop = restored(&state);
            let when = format!("after cut {round}, where survived: {survival:?}");
            // The real program is the first to open what is left.
            let listed = bellhop.list(&["endpoint", "list"]);
            assert_eq!(listed.len(), 1, "{when}");
            totals.rows += assert_kept(&connect(&bellhop), &acknowledged, &when);
            totals.states += 1;
            left.push(state);
        }
        let went_on = usize::try_from(random.below(left.len() as u64)).unwrap();
        let bellhop = restored(&left[went_on]);
        if (round + 1) % CUTS == 0 {
            let serving = bellhop.serve();
            assert_settles(&bellhop);
            totals.rows += assert_kept(&connect(&bellhop), &acknowledged, "at the end");
            serving.stop();
        } else {
            current = Some((bellhop, endpoint));
        }
    }
    println!("power cuts: {totals:?}");
    assert!(totals.acknowledged > 10 * totals.cuts, "hardly any load: {totals:?}");
}
