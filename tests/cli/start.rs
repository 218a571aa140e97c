//! While it starts and while it stops: no call is answered 2xx that is not stored.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::bellhop;
use crate::calls::{connect, count, numbered};
use crate::cli::{Bellhop, Endpoint, Process, Receiver, SOON, eventually};
use crate::disk::{Disk, State, Survival};
use crate::load::{CALLERS, Load, Random, SECRET, assert_kept, assert_settles, call, rounds, send};

/// Where a receiver will listen that is not there yet, and nobody else is given until then: everybody else asks for any
/// free port of 127.0.0.1, and loopback is 127.0.0.0/8.
fn free_address() -> String {
    static NEXT: AtomicU8 = AtomicU8::new(2);
    let host = Ipv4Addr::new(127, 0, 0, NEXT.fetch_add(1, Ordering::Relaxed));
    let listener = TcpListener::bind((host, 0)).unwrap();
    listener.local_addr().unwrap().to_string()
}

/// What callers met who did not wait until there was somebody.
#[derive(Debug, Default)]
struct Met {
    nobody: usize,
    acknowledged: BTreeSet<usize>,
    refused: usize,
}

/// Calls `address` from many threads, whoever is there, until `stop`. Each rests for `pause` after a call that was taken.
fn hammer<'scope>(
    scope: &'scope thread::Scope<'scope, '_>,
    address: &str,
    endpoint: &'scope Endpoint,
    next: &'scope AtomicUsize,
    stop: &'scope AtomicBool,
    pause: Duration,
) -> Vec<thread::ScopedJoinHandle<'scope, Met>> {
    let caller = |_| {
        let receiver = Receiver::at(address.to_owned());
        scope.spawn(move || {
            let mut met = Met::default();
            // A test that fails does not say stop.
            let end = Instant::now() + 2 * SOON;
            while !stop.load(Ordering::Relaxed) && Instant::now() < end {
                let number = next.fetch_add(1, Ordering::Relaxed);
                match send(&receiver, endpoint, number) {
                    Some(200) => {
                        met.acknowledged.insert(number);
                        thread::sleep(pause);
                    }
                    Some(503) => met.refused += 1,
                    // More than an endpoint is taken for at once: a provider comes back.
                    Some(429) => thread::sleep(Duration::from_millis(20)),
                    Some(status) => panic!("{status}"),
                    None => {
                        met.nobody += 1;
                        thread::sleep(Duration::from_millis(2));
                    }
                }
            }
            met
        })
    };
    (0..CALLERS).map(caller).collect()
}

fn all(callers: Vec<thread::ScopedJoinHandle<'_, Met>>) -> Met {
    let mut all = Met::default();
    for caller in callers {
        let met = caller.join().unwrap();
        all.nobody += met.nobody;
        all.refused += met.refused;
        all.acknowledged.extend(met.acknowledged);
    }
    all
}

/// A data directory as the first version left it, with deliveries that wait.
fn old(waiting: u32) -> (Bellhop, Endpoint) {
    let (old, new) = (bellhop(), bellhop());
    let endpoint = new.endpoint("bookora", Some(SECRET));
    std::fs::create_dir(old.data_dir()).unwrap();
    std::fs::copy(
        new.data_dir().join("secrets.json"),
        old.data_dir().join("secrets.json"),
    )
    .unwrap();
    let connection = Connection::open(old.database()).unwrap();
    connection
        .execute_batch(include_str!(
            "../../src-tauri/engine/src/store/migrations/0001_start.sql"
        ))
        .unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA user_version = 1;
             ATTACH '{}' AS new;
             INSERT INTO main.endpoint (id, provider, label, token, created_at)
                 SELECT id, provider, label, token, created_at FROM new.endpoint;
             INSERT INTO main.secret (id, endpoint_id, kept_in, created_at)
                 SELECT id, endpoint_id, kept_in, created_at FROM new.secret;
             INSERT INTO main.setting SELECT name, value FROM new.setting;",
            new.database().display()
        ))
        .unwrap();
    connection.execute_batch("BEGIN").unwrap();
    for number in 0..waiting {
        connection
            .execute(
                "INSERT INTO main.delivery (endpoint_id, idempotency_key, received_at, headers, body, trust)
                 VALUES (?1, ?2, 1780000000000000, x'', ?3, 'signed')",
                (&endpoint.id, format!("id:evt_{number}"), call(number as usize)),
            )
            .unwrap();
    }
    connection.execute_batch("COMMIT").unwrap();
    (old, endpoint)
}

/// A slow disk and a database that is to be migrated first: until that is done nobody answers, and whoever is answered
/// 200 is stored.
#[test]
fn no_call_is_acknowledged_before_the_store_is_open_and_migrated() {
    let waiting = 300;
    let (bellhop, endpoint) = old(waiting);
    let address = free_address();
    let (next, stop) = (AtomicUsize::new(waiting as usize), AtomicBool::new(false));
    let before = State::read(bellhop.home());
    let disk = Disk::below(bellhop.home()).slower_by(40);
    let met = thread::scope(|scope| {
        let callers = hammer(scope, &address, &endpoint, &next, &stop, Duration::ZERO);
        let serve = bellhop.command(&["serve", "--json", "--listen", &address]);
        let mut serving = bellhop.serve_by(disk.put_below(serve));
        // It says that it is there once it is: from now on, everybody is answered.
        assert_eq!(
            send(
                &serving.receiver,
                &endpoint,
                next.fetch_add(1, Ordering::Relaxed)
            ),
            Some(200)
        );
        eventually(SOON, "more calls are taken", || {
            (count(&bellhop, "SELECT count(*) FROM delivery") > i64::from(waiting) + 20)
                .then_some(())
        });
        serving.process.kill();
        stop.store(true, Ordering::Relaxed);
        all(callers)
    });
    assert!(met.nobody > 0 && met.acknowledged.len() > 1, "{met:?}");
    assert_eq!(met.refused, 0);
    let after = disk
        .journal()
        .after_power_cut(&before, Survival::Synced, &mut |_| 0);
    let restored = crate::bellhop();
    after.write(restored.home());
    let version: i64 = connect(&restored)
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    assert!(version > 1, "calls were stored before the migration");
    assert_kept(&connect(&restored), &met.acknowledged, "after the start");
    let serving = restored.serve();
    assert_settles(&restored);
    drop(serving);
    println!(
        "start: {} callers found nobody, {} were acknowledged and stored",
        met.nobody,
        met.acknowledged.len()
    );
}

/// A database that another process holds: nobody answers until it lets go, or Bellhop says that it does not.
#[test]
fn no_call_is_acknowledged_while_another_process_holds_the_store() {
    for held_for_ever in [false, true] {
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let address = free_address();
        let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let holder = connect(&bellhop);
        holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let met = thread::scope(|scope| {
            let callers = hammer(scope, &address, &endpoint, &next, &stop, Duration::ZERO);
            let serve = bellhop.command(&["serve", "--json", "--listen", &address]);
            let mut process = Process::start(serve);
            if held_for_ever {
                let status = process.wait();
                assert_eq!(status.code(), Some(1));
                let stderr = process.stderr();
                assert!(stderr.contains("locked"), "{stderr}");
            } else {
                thread::sleep(Duration::from_secs(1));
                assert_eq!(count(&bellhop, "SELECT count(*) FROM delivery"), 0);
                holder.execute_batch("ROLLBACK").unwrap();
                assert!(process.next_line().contains("listening"));
                // Each caller waits for an answer before its next call, so that one of these was answered.
                eventually(SOON, "calls are taken", || {
                    (count(&bellhop, "SELECT count(*) FROM delivery") > CALLERS as i64)
                        .then_some(())
                });
            }
            process.kill();
            stop.store(true, Ordering::Relaxed);
            all(callers)
        });
        assert!(met.nobody > 0 && met.refused == 0, "{met:?}");
        assert_eq!(met.acknowledged.is_empty(), held_for_ever, "{met:?}");
        if held_for_ever {
            holder.execute_batch("ROLLBACK").unwrap();
        }
        assert_kept(&connect(&bellhop), &met.acknowledged, "after the start");
    }
}

/// Asked to stop in the middle of a load on a slow disk: whoever was answered 200 is on the disk, and the others were
/// not told so.
#[test]
fn what_is_acknowledged_while_it_stops_is_on_the_disk() {
    let mut random = Random(0x57_09ed_57a7_e0ff);
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (mut stops, mut acknowledged) = (0, 0);
    for _ in rounds(6) {
        let bellhop = bellhop();
        let endpoint = bellhop.endpoint("bookora", Some(SECRET));
        let before = State::read(bellhop.home());
        let disk = Disk::below(bellhop.home()).slower_by(20);
        let mut serving = bellhop.serve_by(disk.put_below(bellhop.command(&["serve", "--json"])));
        let told = thread::scope(|scope| {
            let load = Load::start(scope, CALLERS, &serving.receiver, &endpoint, &next, &stop);
            thread::sleep(Duration::from_micros(100_000 + random.below(200_000)));
            serving.process.signal("TERM");
            load.join()
        });
        assert_eq!(serving.process.wait().code(), Some(0));
        assert_eq!(told.refused, 0);
        let after = disk
            .journal()
            .after_power_cut(&before, Survival::Synced, &mut |_| 0);
        let restored = crate::bellhop();
        after.write(restored.home());
        assert_kept(&connect(&restored), &told.acknowledged, "after the stop");
        stops += 1;
        acknowledged += told.acknowledged.len();
    }
    println!("soak: stops {stops}, acknowledged {acknowledged}");
    assert!(acknowledged > stops, "hardly any load: {acknowledged}");
}

/// What the worker writes of this call, and the call as it is stored does not hold.
const DEADLY: &str = "Absturz Maria";

/// A call on which the whole program dies, as the worker works on it. Calls are taken all the while.
#[test]
fn a_call_that_ends_the_program_is_set_aside_after_three_more_tries() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some(SECRET));
    let disk = Disk::below(bellhop.home()).deadly_at(DEADLY);
    let address = free_address();
    let serve = || {
        let serve = bellhop.command(&["serve", "--json", "--listen", &address]);
        Process::start(disk.put_below(serve))
    };
    let deadly = String::from_utf8(numbered(999_999)).unwrap();
    let deadly = deadly.replace("Jane Doe", "\\u0041bsturz Maria");
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut process = serve();
    assert!(process.next_line().contains("listening"));
    // What is there when the worker begins is tried with a note of it: the deadly one comes after that.
    let first = Receiver::at(address.clone());
    assert_eq!(
        send(&first, &endpoint, next.fetch_add(1, Ordering::Relaxed)),
        Some(200)
    );
    eventually(SOON, "the worker has begun", || {
        (count(&bellhop, "SELECT count(*) FROM event") > 0).then_some(())
    });
    let (met, deaths) = thread::scope(|scope| {
        // As many as come in a rush, and not more than can be read in time on a busy machine.
        let pause = Duration::from_millis(25);
        let callers = hammer(scope, &address, &endpoint, &next, &stop, pause);
        let signature = crate::calls::signature(SECRET, deadly.as_bytes());
        let headers = [("X-Bookora-Signature", signature)];
        // It dies so soon that the answer may not leave any more; then the provider repeats the call.
        let _ = Receiver::at(address.clone()).try_call(
            "POST",
            &endpoint.path,
            &headers,
            deadly.as_bytes(),
        );
        let mut deaths = 0;
        // Long before the calls end that come meanwhile: they hold up nothing either.
        let end = Instant::now() + SOON;
        let set_aside = "SELECT count(*) FROM delivery WHERE state = 'failed'";
        while count(&bellhop, set_aside) == 0 {
            assert!(
                Instant::now() < end,
                "it is not worked on after {deaths} deaths"
            );
            if process.has_ended() {
                deaths += 1;
                assert!(deaths < 10, "it dies again and again");
                process = serve();
            }
            thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        (all(callers), deaths)
    });
    assert_eq!(deaths, 4, "once as it came, and three more times");
    let pending = "SELECT count(*) FROM delivery WHERE state = 'pending'";
    eventually(SOON, "all others are worked on", || {
        (count(&bellhop, pending) == 0).then_some(())
    });
    assert!(!process.has_ended());
    process.kill();
    let failed = "SELECT idempotency_key = 'id:evt_999999' FROM delivery WHERE state = 'failed'";
    assert_eq!(
        count(&bellhop, failed),
        1,
        "only the deadly one is set aside"
    );
    assert_eq!(
        count(
            &bellhop,
            "SELECT count(*) FROM delivery WHERE state = 'failed'"
        ),
        1
    );
    assert!(met.acknowledged.len() > 20, "{met:?}");
    assert_kept(&connect(&bellhop), &met.acknowledged, "after four deaths");
    println!(
        "worker: {deaths} deaths, {} calls acknowledged meanwhile",
        met.acknowledged.len()
    );
}
