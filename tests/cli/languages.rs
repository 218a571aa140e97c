//! What `bellhop` prints is the same in every language. What it stores for the desktop is the person's.

use crate::bellhop;
use crate::calls::{connect, numbered, post_bookora};

const GERMAN: (&str, &str) = ("LC_ALL", "de_DE.UTF-8");

#[test]
fn a_german_system_has_german_notices_and_the_same_command_line() {
    let bellhop = bellhop();
    let endpoint = bellhop.endpoint("bookora", Some("s"));
    let printed = |variables: &[(&str, &str)]| {
        let listings: [&[&str]; 4] = [
            &["timeline"],
            &["booking", "list"],
            &["gap", "list"],
            &["endpoint", "list"],
        ];
        listings.map(|arguments| {
            let mut command = bellhop.command(arguments);
            let output = command.envs(variables.iter().copied()).output().unwrap();
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        })
    };
    let serving = bellhop.serve_with(&[], &[GERMAN]);
    assert_eq!(
        post_bookora(&serving.receiver, &endpoint, "s", &numbered(0)),
        200
    );
    bellhop.entries(1);
    serving.stop();

    let title = connect(&bellhop).query_row("SELECT title FROM notice", [], |row| row.get(0));
    let title: String = title.unwrap();
    assert!(title.starts_with("Neue Buchung: "), "{title}");

    // As long as nobody takes calls, a gap goes on.
    let [timeline, bookings, gaps, endpoints] = printed(&[]);
    assert!(!timeline.is_empty() && !bookings.is_empty() && !endpoints.is_empty());
    assert_eq!(printed(&[GERMAN]), [timeline, bookings, gaps, endpoints]);
}
