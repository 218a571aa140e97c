//! Calls that are wrong, and genuine ones that are too many.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{SECRET, Salon, post};
use crate::attacks::{Answers, on_disk, peak_memory, repeat, time_calls};
use crate::calls::{count, numbered, text};
use crate::cli::{Endpoint, SOON, eventually};

/// Whoever goes on until they are told to stop ends also with a test that fails.
struct StopAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn rejections(salon: &Salon, reason: &str) -> Vec<Value> {
    let all = salon
        .bellhop
        .list(&["rejection", "list", "--limit", "10000"]);
    all.into_iter()
        .filter(|rejection| text(rejection, "reason") == reason)
        .collect()
}

#[test]
fn forged_calls_do_not_delay_genuine_ones_and_are_told_in_one_line() {
    let salon = Salon::open();
    let (address, pause) = (salon.address(), Duration::from_millis(10));
    let alone = time_calls(address, 300, pause, || salon.genuine());
    let stop = AtomicBool::new(false);
    let nowhere = Endpoint {
        id: String::new(),
        path: format!("/hooks/{}", "0".repeat(40)),
    };
    let began = Instant::now();
    let (beside, forged, unknown) = thread::scope(|scope| {
        let _stop = StopAtTheEnd(&stop);
        let forged = scope.spawn(|| repeat(address, 300, &stop, || salon.forged(&salon.endpoint)));
        let unknown = scope.spawn(|| repeat(address, 300, &stop, || salon.forged(&nowhere)));
        // First until they are too many, then measured.
        let told = eventually(SOON, "the flood is told", || {
            let told = rejections(&salon, "too_many");
            (told.len() == 2).then_some(told)
        });
        let mut of: Vec<&Value> = told.iter().map(|told| &told["endpoint_id"]).collect();
        of.sort_by_key(|id| id.is_null());
        assert_eq!(of, [&Value::from(salon.endpoint.id.as_str()), &Value::Null]);
        // Who is refused is told when to come back.
        let headers = [("X-Bookora-Signature", "0".repeat(64))];
        let refused = (0..400).find_map(|_| {
            let receiver = &salon.serving.receiver;
            let answer = receiver.call("POST", &salon.endpoint.path, &headers, &numbered(0));
            (answer.status == 429).then_some(answer)
        });
        assert_eq!(refused.unwrap().header("retry-after"), Some("5"));
        let beside = time_calls(address, 300, pause, || salon.genuine());
        stop.store(true, Ordering::Relaxed);
        (beside, forged.join().unwrap(), unknown.join().unwrap())
    });
    println!("genuine calls alone: {alone}\nbeside 300 forged and 300 astray a second: {beside}");
    println!("answers to forged ones {forged:?}, to those astray {unknown:?}");
    println!(
        "peak memory {} KiB",
        peak_memory(salon.serving.process.id())
    );
    // Those that were told why, with two hundred at once and twenty a second: the others are all the rest.
    let at_most = 200 + 20 * usize::try_from(began.elapsed().as_secs() + 1).unwrap();
    assert!((200..=at_most).contains(&forged[&401]), "{forged:?}");
    assert_eq!(forged[&401] + forged[&429], forged.values().sum::<usize>());
    assert_eq!(unknown.keys().collect::<Vec<_>>(), [&404]);

    assert!(rejections(&salon, "signature_mismatch").len() <= at_most);
    salon.close();
}

#[test]
fn traces_of_a_flood_take_only_so_much_disk() {
    let salon = Salon::open();
    let address = salon.address();
    let mut endpoints: Vec<Endpoint> = (0..8)
        .map(|_| salon.bellhop.endpoint("bookora", Some(SECRET)))
        .collect();
    endpoints.push(salon.endpoint.clone());
    println!(
        "on the disk before: {} KiB",
        on_disk(&salon.bellhop.database()) / 1024
    );
    let mut answers: BTreeMap<u16, usize> = BTreeMap::new();
    let mut caller = Answers::connect(address);
    for round in 0..400 {
        for endpoint in &endpoints {
            *answers
                .entry(caller.status_of(&salon.forged(endpoint)))
                .or_default() += 1;
        }
        if round % 100 == 0 {
            time_calls(address, 10, Duration::ZERO, || salon.genuine());
        }
    }
    println!("answers to forged ones: {answers:?}");
    assert!(answers[&401] > 1_000, "more than are kept: {answers:?}");
    let traces = count(&salon.bellhop, "SELECT count(*) FROM rejection");
    let size = on_disk(&salon.bellhop.database());
    println!("{traces} traces; on the disk: {} KiB", size / 1024);
    assert!((500..=1_000).contains(&traces), "{traces}");
    assert!(size < 16 * 1024 * 1024, "{size} bytes");
    salon.close();
}

/// More than 10,000 calls have to come faster than 100 a second.
#[test]
#[ignore = "takes 10,000 calls and more; the counting itself is tested beside the code"]
fn genuine_calls_that_are_too_many_come_again_and_are_stored_then() {
    let salon = Salon::open();
    let of = |number: usize| salon.signed("", &numbered(number));
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    // So many at once that they come faster than the allowance grows.
    let caller = || {
        let mut caller = Answers::connect(salon.address());
        let mut refused = Vec::new();
        while !stop.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            match caller.status_of(&of(number)) {
                200 => drop(salon.genuine.fetch_add(1, Ordering::Relaxed)),
                429 => {
                    refused.push(number);
                    stop.store(true, Ordering::Relaxed);
                }
                other => panic!("{other}"),
            }
        }
        refused
    };
    let refused: Vec<usize> = thread::scope(|scope| {
        let callers: Vec<_> = (0..64).map(|_| scope.spawn(caller)).collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .collect()
    });
    let mut caller = Answers::connect(salon.address());
    let stored = salon.genuine.load(Ordering::Relaxed);
    println!("{stored} were taken before the first was refused");
    assert!(stored >= 10_000 && !refused.is_empty());
    let told = eventually(SOON, "the person is told", || {
        rejections(&salon, "too_many").pop()
    });
    assert_eq!(told["endpoint_id"], salon.endpoint.id.as_str());
    // Another endpoint is not affected.
    let other = salon.bellhop.endpoint("bookora", Some(SECRET));
    let body = numbered(0);
    let call = post(
        &other.path,
        &crate::calls::signature(SECRET, &body),
        "",
        &body,
    );
    assert_eq!(caller.status_of(&call), 200);
    salon.genuine.fetch_add(1, Ordering::Relaxed);
    // The provider keeps them and sends them again.
    for number in refused {
        eventually(SOON, "it is taken", || {
            (caller.status_of(&of(number)) == 200).then_some(())
        });
        salon.genuine.fetch_add(1, Ordering::Relaxed);
    }
    salon.close();
}
