//! The report as a table, to be pasted into docs/performance.md.

use std::fmt::Write as _;

use crate::load::Speed;
use crate::plan::{Report, Subject, Turn};

/// All figures, in Markdown.
pub(crate) fn render(report: &Report) -> String {
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = write(report, &mut text);
    text
}

fn write(report: &Report, text: &mut String) -> std::fmt::Result {
    let rounds = |subject| {
        report
            .rounds
            .iter()
            .filter(move |turn: &&Turn| turn.server == subject)
    };
    let count = rounds(Subject::Bellhop).count();
    writeln!(
        text,
        "\n{} processors, shared by callers and server; a sync of one page takes {:.2} ms where it overwrites and {:.2} ms \
         where it appends (medians).\n",
        report.processors, report.sync.overwriting_ms, report.sync.appending_ms
    )?;
    writeln!(text, "Medians of {count} rounds:\n")?;
    writeln!(
        text,
        "| | calls/s | of (b) | of (c) | p50 ms | p99 ms | max ms | server µs/call | caller µs/call | one connection: p50 ms | p99 ms | first answer ms |"
    )?;
    writeln!(
        text,
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
    )?;
    let median = |subject, value: fn(&Turn) -> f64| median(rounds(subject).map(value).collect());
    for subject in [
        Subject::Bare,
        Subject::Grouped,
        Subject::Kept,
        Subject::Bellhop,
        Subject::Beside,
    ] {
        if rounds(subject).next().is_none() {
            continue;
        }
        // A ratio of neighbours in time says more than one of medians.
        let ratio_to = |reference| {
            let ratios = rounds(subject)
                .zip(rounds(reference))
                .map(|(own, other)| own.crowd.rate / other.crowd.rate);
            self::median(ratios.collect())
        };
        let (of_b, of_c) = (ratio_to(Subject::Grouped), ratio_to(Subject::Kept));
        let median = |value| median(subject, value);
        writeln!(
            text,
            "| {} | {:.0} | {of_b:.2} | {of_c:.2} | {:.2} | {:.2} | {:.1} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1} |",
            name(subject),
            median(|turn| turn.crowd.rate),
            median(|turn| turn.crowd.p50_ms),
            median(|turn| turn.crowd.p99_ms),
            median(|turn| turn.crowd.max_ms),
            median(|turn| turn.server_cpu_us),
            median(|turn| turn.crowd.caller_cpu_us),
            median(|turn| turn.alone.p50_ms),
            median(|turn| turn.alone.p99_ms),
            median(|turn| turn.first_answer_ms),
        )?;
    }
    if let Some(stored) = &report.stored {
        let turn = &stored.turn;
        writeln!(
            text,
            "| Bellhop, {} stored | {:.0} | | | {:.2} | {:.2} | {:.1} | {:.0} | {:.0} | {:.2} | {:.2} | {:.1} |",
            stored.calls,
            turn.crowd.rate,
            turn.crowd.p50_ms,
            turn.crowd.p99_ms,
            turn.crowd.max_ms,
            turn.server_cpu_us,
            turn.crowd.caller_cpu_us,
            turn.alone.p50_ms,
            turn.alone.p99_ms,
            turn.first_answer_ms,
        )?;
    }
    let long = &report.long;
    let speed = &long.speed;
    writeln!(
        text,
        "\nOne run of {} calls:\n\n| | |\n|---|---:|",
        long.calls
    )?;
    writeln!(text, "| calls/s | {:.0} |", speed.rate)?;
    writeln!(
        text,
        "| p50, p99, max | {:.2}, {:.2}, {:.1} ms |",
        speed.p50_ms, speed.p99_ms, speed.max_ms
    )?;
    for (when, memory) in [
        ("after the last answer", long.memory),
        ("when all are read", long.memory_after),
    ] {
        writeln!(
            text,
            "| memory {when}: resident, of it not files; peak; PSS | {:.1}, {:.1}; {:.1}; {:.1} MB |",
            memory.resident_mb, memory.anonymous_mb, memory.peak_mb, memory.proportional_mb
        )?;
    }
    writeln!(text, "| unread at the last answer | {} |", long.backlog)?;
    writeln!(text, "| all read after | {:.1} s |", long.backlog_s)?;
    writeln!(
        text,
        "| wake-ups when idle | {:.1} a second |",
        long.wakes_per_second
    )?;
    writeln!(
        text,
        "\nAt 1,000 calls a second, the most that is taken for ever:\n"
    )?;
    write_speeds(text, &report.steady)?;
    if let Some(slow) = &report.slow {
        writeln!(
            text,
            "\nOn a disk whose syncs take {} ms more:\n",
            slow.delay_ms
        )?;
        write_speeds(text, &slow.speeds)?;
    }
    Ok(())
}

fn write_speeds(text: &mut String, speeds: &[(Subject, Speed)]) -> std::fmt::Result {
    writeln!(
        text,
        "| | calls/s | p50 ms | p99 ms | max ms |\n|---|---:|---:|---:|---:|"
    )?;
    for (subject, speed) in speeds {
        writeln!(
            text,
            "| {} | {:.0} | {:.2} | {:.2} | {:.1} |",
            name(*subject),
            speed.rate,
            speed.p50_ms,
            speed.p99_ms,
            speed.max_ms
        )?;
    }
    Ok(())
}

fn name(subject: Subject) -> &'static str {
    match subject {
        Subject::Bare => "(a) bare handler that reads the body",
        Subject::Grouped => "(b) HMAC and one group-committed insert",
        Subject::Kept => "(c) like (b), with headers and a key that is unique for ever",
        Subject::Single => "HMAC and one commit a call",
        Subject::Bellhop => "**Bellhop**, everything on",
        Subject::Beside => "Bellhop, the other build",
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
