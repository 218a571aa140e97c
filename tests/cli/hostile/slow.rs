//! Callers who take their time.

use std::thread;
use std::time::Duration;

use super::Salon;
use crate::attacks::{ask_and_never_read, drip, peak_memory, time_calls};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn who_takes_its_time_is_shown_out_and_holds_nobody_up() {
    let salon = Salon::open();
    let (address, path) = (salon.address(), salon.endpoint.path.as_str());
    let head = format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
    let with_body =
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400\r\n\r\n");
    let chunked =
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    let answered = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    // What comes at once, what comes after it byte by byte, and how it ends.
    let cases: [(&str, &str, &str, u16); 6] = [
        ("headers, a byte a second", &head, "y", 408),
        ("half of the headers", &head, "", 408),
        ("a body, a byte a second", &with_body, "{", 408),
        ("chunks, a byte a second", &chunked, "1\r\n{\r\n", 408),
        ("nothing at all", "", "", 0),
        ("one call and no more", &answered, "", 200),
    ];
    thread::scope(|scope| {
        let slow: Vec<_> = cases
            .iter()
            .flat_map(|case| std::iter::repeat_n(case, 20))
            .map(|case| {
                let (_, start, rest, _) = case;
                let limit = 40 * SECOND;
                let drip = move || drip(address, start.as_bytes(), rest.as_bytes(), SECOND, limit);
                (case, scope.spawn(drip))
            })
            .collect();
        // It keeps nobody waiting before the answers fill all buffers on their way. That takes as long as the machine takes
        // to make so many, and the patience with it comes after that.
        let never_reads =
            scope.spawn(|| ask_and_never_read(address, answered.as_bytes(), 300 * SECOND));
        let latencies = time_calls(address, 300, SECOND / 20, || salon.genuine());
        println!("beside 120 slow callers: {latencies}");

        for ((case, .., status), slow) in slow {
            let shown_out = slow.join().unwrap();
            let shown_out = shown_out.unwrap_or_else(|| panic!("{case}: still there after 40 s"));
            assert_eq!(shown_out.status, *status, "{case}");
            assert!(shown_out.after > 5 * SECOND, "{case}: {shown_out:?}");
        }
        let borne = never_reads.join().unwrap();
        println!(
            "who never reads is borne for {:?}",
            borne.expect("it is shown out")
        );
    });
    println!(
        "peak memory {} KiB",
        peak_memory(salon.serving.process.id())
    );
    salon.close();
}
