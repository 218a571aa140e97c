//! What the last run left open.

use serde_json::Value;

use crate::bellhop;
use crate::calls::{connect, numbered, post_bookora};
use crate::cli::{Bellhop, SOON, eventually};

/// Leaves a delivery as a run leaves it that was ended by it for the `tries`th time.
fn leave_open(bellhop: &Bellhop, delivery: i64, tries: i64) {
    let left = connect(bellhop)
        .execute(
            "UPDATE delivery SET state = 'pending', tries = ?2 WHERE id = ?1",
            [delivery, tries],
        )
        .unwrap();
    assert_eq!(left, 1);
}

fn delivery(bellhop: &Bellhop, id: i64) -> Value {
    bellhop.json(&["delivery", "show", &id.to_string()])
}

fn tries(bellhop: &Bellhop, id: i64) -> i64 {
    connect(bellhop)
        .query_row("SELECT tries FROM delivery WHERE id = ?1", [id], |row| {
            row.get(0)
        })
        .unwrap()
}

#[test]
fn a_delivery_that_ends_the_program_again_and_again_holds_up_nothing() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let serving = bellhop.serve();
    for number in 0..3 {
        assert_eq!(
            post_bookora(&serving.receiver, &endpoint, "s", &numbered(number)),
            200
        );
    }
    bellhop.entries(3);
    serving.stop();
    leave_open(&bellhop, 1, 3);
    leave_open(&bellhop, 2, 2);
    leave_open(&bellhop, 3, 0);

    let serving = bellhop.serve();
    eventually(SOON, "all are worked on", || {
        (bellhop.pending() == 0).then_some(())
    });
    let set_aside = delivery(&bellhop, 1);
    assert_eq!(set_aside["state"], "failed");
    assert!(
        set_aside["problems"][0]
            .to_string()
            .contains("kept as it came"),
        "{set_aside}"
    );
    assert_eq!(delivery(&bellhop, 2)["state"], "processed");
    assert_eq!(delivery(&bellhop, 3)["state"], "processed");
    // The next start would have known that it had begun on them.
    assert_eq!((tries(&bellhop, 2), tries(&bellhop, 3)), (3, 1));
    drop(serving);

    // A person who asks for it again gives it all its tries again.
    bellhop.json(&["delivery", "replay", "1"]);
    let _serving = bellhop.serve();
    eventually(SOON, "it is worked on", || {
        (bellhop.pending() == 0).then_some(())
    });
    assert_eq!(delivery(&bellhop, 1)["state"], "processed");
}
