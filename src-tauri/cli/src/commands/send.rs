//! `bellhop send`

use anyhow::{Context as _, bail};
use bellhop_core::sample::SampleBooking;
use bellhop_engine::{Engine, instance};
use jiff::Timestamp;
use serde_json::json;

use crate::output::Output;

pub(super) async fn run(
    engine: &Engine,
    endpoint: i64,
    event_type: &str,
    count: u64,
    output: Output,
) -> anyhow::Result<()> {
    let endpoint = engine.endpoint(endpoint).await?;
    let receiver = instance::running(&engine.data_dir)
        .context("nothing takes calls on this data directory. Start \"bellhop serve\" or the desktop program")?
        .listening;
    // Numbers of the clock: samples of one run are other bookings than those of the next.
    let first = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or_default();
    let mut accepted = 0;
    for number in first..first.saturating_add(count) {
        let booking = SampleBooking::new(number, Timestamp::now());
        let status = engine
            .send_sample(receiver, &endpoint, event_type, &booking)
            .await?;
        if status != 200 {
            bail!(
                "the receiver answered {status} after {accepted} calls. \"bellhop rejection list\" says why"
            );
        }
        accepted += 1;
    }
    output.print(&json!({ "accepted": accepted }), |_| match accepted {
        1 => "One call was accepted.".to_owned(),
        accepted => format!("{accepted} calls were accepted."),
    })
}
