//! Whether the desktop shows notifications. Without them no call is lost, so nothing here is a failure.

use bellhop_engine::desktop::{self, Trouble};
use bellhop_engine::instance::Instance;

use super::Check;

const NAME: &str = "notifications";

pub(super) async fn check(running: Option<&Instance>) -> Check {
    if running.is_some_and(|instance| !instance.notifies) {
        return Check::skipped(NAME, "this receiver tells nobody");
    }
    let shows = desktop::look().await;
    // Somebody may look from a terminal that belongs to no desktop.
    if running.is_none() && shows.troubles == [Trouble::NoSession] {
        return Check::skipped(NAME, "this terminal belongs to no desktop session");
    }
    if shows.troubles.is_empty() {
        let by = shows.by.as_deref().unwrap_or("the desktop");
        return Check::passed(NAME, format!("{by} shows them"));
    }
    let said: Vec<String> = shows.troubles.iter().map(Trouble::sentence).collect();
    Check::warning(NAME, said.join(" "))
}
