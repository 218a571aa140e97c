//! Crowds of connections, and large bodies that are held back.

use std::thread;
use std::time::Duration;

use super::{SECRET, Salon, post};
use crate::attacks::{
    Answers, crowd, limit_files, open_files, peak_memory, processor_time, time_calls,
};
use crate::calls::signature;
use crate::cli::{SOON, eventually};

const MIB: usize = 1024 * 1024;

#[test]
fn ten_thousand_connections_keep_nobody_out() {
    let salon = Salon::open();
    let (address, process) = (salon.address(), salon.serving.process.id());
    let count = limit_files(std::process::id(), 12_000)
        .saturating_sub(1_000)
        .min(10_000);
    let path = &salon.endpoint.path;
    let starts = [
        Vec::new(),
        format!("POST {path} HTTP/1.1\r\nX-Half: ").into_bytes(),
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\n{{")
            .into_bytes(),
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes(),
    ];
    let alone = time_calls(address, 200, Duration::ZERO, || salon.genuine());
    let latencies = thread::scope(|scope| {
        let crowd = scope.spawn(|| crowd(address, count, 4, &starts));
        let latencies = time_calls(address, 200, Duration::ZERO, || salon.genuine());
        let crowd = crowd.join().unwrap();
        let beside = time_calls(address, 200, Duration::ZERO, || salon.genuine());
        let files = open_files(process);
        println!(
            "{} connections are held; the program has {files} files open",
            crowd.len()
        );
        // 512 connections, and what the program itself has open.
        assert!(files < 512 + 100, "{files} open files");
        (latencies, beside)
    });
    println!(
        "alone: {alone}\nwhile they come: {}\nbeside them: {}",
        latencies.0, latencies.1
    );
    println!("peak memory {} KiB", peak_memory(process));
    salon.close();
}

/// Connections with large bodies of which the end never comes: most are told to come back, and small ones are taken.
#[test]
fn large_bodies_that_are_held_back_take_only_so_much_memory() {
    let salon = Salon::open();
    let (address, process) = (salon.address(), salon.serving.process.id());
    println!("peak memory before {} KiB", peak_memory(process));
    let body = vec![b' '; MIB];
    let call = post(&salon.endpoint.path, &signature(SECRET, &body), "", &body);
    let held_back = &call[..call.len() - 1];
    thread::scope(|scope| {
        let callers: Vec<_> = (0..200)
            .map(|_| {
                scope.spawn(move || {
                    let mut answers = Answers::connect(address);
                    answers.status_of(held_back)
                })
            })
            .collect();
        let latencies = time_calls(address, 100, Duration::from_millis(20), || salon.genuine());
        println!("beside 200 bodies of 1 MiB: {latencies}");
        let answers: Vec<u16> = callers.into_iter().map(|it| it.join().unwrap()).collect();
        let of = |status: u16| answers.iter().filter(|answer| **answer == status).count();
        println!("{} were told to come back, {} to hurry", of(503), of(408));
        assert!(of(503) >= 100, "{answers:?}");
        assert_eq!(of(503) + of(408) + of(0), 200, "{answers:?}");
        // Their room is free again: large ones are taken.
        salon
            .genuine
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(Answers::connect(address).status_of(&call), 200);
    });
    println!("peak memory {} KiB", peak_memory(process));
    salon.close();
}

/// The system refuses further connections: the oldest idle ones go, and calls are taken.
#[test]
fn a_process_without_free_files_takes_calls() {
    let salon = Salon::open();
    let (address, process) = (salon.address(), salon.serving.process.id());
    time_calls(address, 5, Duration::ZERO, || salon.genuine());
    let _idle = crowd(address, 200, 1, &[Vec::new()]);
    eventually(SOON, "they are all in", || {
        (open_files(process) > 200).then_some(())
    });
    limit_files(process, 60);
    let before = processor_time(process);
    let latencies = time_calls(address, 20, Duration::from_millis(50), || salon.genuine());
    println!("with no free files: {latencies}");
    println!(
        "processor time meanwhile {:?}",
        processor_time(process) - before
    );
    let warnings = || {
        let said = salon.serving.process.stderr();
        said.matches("gives us no more connections").count()
    };
    eventually(SOON, "it is told", || (warnings() > 0).then_some(()));
    assert!(warnings() <= 20, "{}", salon.serving.process.stderr());
    salon.close();
}
