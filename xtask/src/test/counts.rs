//! Reading how many tests ran from what the test runners print.

/// How many tests passed, failed and were left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    fn of(kind: &str, count: u64) -> Self {
        match kind {
            "passed" | "pass" => Self {
                passed: count,
                ..Self::default()
            },
            "failed" | "fail" => Self {
                failed: count,
                ..Self::default()
            },
            "ignored" | "skipped" | "todo" => Self {
                skipped: count,
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

/// Whose output it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// `test result: ok. 3 passed; 0 failed; 1 ignored; …`, once for each test binary.
    Cargo,
    /// `Tests  1 failed | 11 passed | 2 skipped (14)`, once.
    Vitest,
    /// `ℹ pass 5`, `ℹ fail 0`, `ℹ skipped 1`, once each.
    Node,
}

impl Runner {
    /// What one line of output tells, if it is one of those that tell.
    pub(super) fn read(self, line: &str) -> Counts {
        let line = without_colour(line);
        let line = line.trim();
        match self {
            Self::Cargo => line
                .strip_prefix("test result: ")
                .map(|rest| listed(rest, ';')),
            Self::Vitest => line.strip_prefix("Tests ").map(|rest| listed(rest, '|')),
            Self::Node => line
                .strip_prefix("ℹ ")
                .map(|rest| match rest.split_once(' ') {
                    Some((kind, count)) => Counts::of(kind, count.parse().unwrap_or(0)),
                    None => Counts::default(),
                }),
        }
        .unwrap_or_default()
    }
}

/// `ok. 3 passed; 0 failed`: in each part, a number and the word after it.
fn listed(text: &str, separator: char) -> Counts {
    let mut counts = Counts::default();
    for part in text.split(separator) {
        let words: Vec<_> = part.split_whitespace().collect();
        for pair in words.windows(2) {
            if let Ok(count) = pair[0].parse() {
                counts.add(Counts::of(pair[1], count));
            }
        }
    }
    counts
}

/// The line without its terminal colours (`ESC [ … letter`).
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\u{1b}[") {
        plain.push_str(before);
        rest = after.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
        rest = rest.get(1..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn cargo_lines_are_read() {
        let line = "test result: FAILED. 12 passed; 1 failed; 2 ignored; 0 measured; 4 filtered out; finished in 0.01s";
        assert_eq!(Runner::Cargo.read(line), counts(12, 1, 2));
        assert_eq!(
            Runner::Cargo.read("test counts::tests::cargo ... ok"),
            Counts::default()
        );
    }

    #[test]
    fn vitest_lines_are_read_with_and_without_colours() {
        assert_eq!(
            Runner::Vitest.read("      Tests  1 failed | 11 passed | 2 skipped (14)"),
            counts(11, 1, 2)
        );
        let coloured = "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[32m11 passed\u{1b}[39m\u{1b}[22m\u{1b}[90m (11)\u{1b}[39m";
        assert_eq!(Runner::Vitest.read(coloured), counts(11, 0, 0));
        assert_eq!(
            Runner::Vitest.read(" Test Files  3 passed (3)"),
            Counts::default()
        );
    }

    #[test]
    fn node_lines_are_read() {
        assert_eq!(Runner::Node.read("ℹ pass 5"), counts(5, 0, 0));
        assert_eq!(Runner::Node.read("ℹ fail 2"), counts(0, 2, 0));
        assert_eq!(Runner::Node.read("ℹ tests 7"), Counts::default());
    }
}
