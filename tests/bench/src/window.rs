//! How fast the window is: the program that is released, on a virtual desktop, with nothing stored and with very many calls.
//!
//! The page is asked through WebDriver, and answers with its own clock, which is that of the whole machine.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use bellhop_test_support::desktop::{
    Desktop, PATIENCE, Program, ProgramOptions, eventually_within,
};
use clap::Args;
use serde_json::{Value, json};

use crate::calls::{Calls, Numbers};
use crate::home::Home;
use crate::load;
use crate::process::proportional_mb_of_group;
use crate::stored;

/// How often the program is started, and how many calls come while the window is open.
const STARTS: usize = 5;
const ARRIVALS: usize = 60;

/// How long the window is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(5);

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// The command line, which makes the endpoints.
    #[arg(long)]
    bellhop: PathBuf,
    /// The program with the window.
    #[arg(long)]
    desktop: PathBuf,
    /// Where databases go.
    #[arg(long)]
    folder: PathBuf,
    /// Calls that are stored already in the second part. 0 leaves it out.
    #[arg(long, default_value_t = 1_000_000)]
    stored: i64,
}

/// What was seen with one database, in milliseconds but for the memory.
pub(crate) struct Seen {
    pub(crate) stored: i64,
    /// From the start of the program to the first paint, and to the first rows.
    pub(crate) painted: Vec<f64>,
    pub(crate) listed: Vec<f64>,
    /// From the answer to a call to its row on the screen.
    pub(crate) arrivals: Vec<f64>,
    /// Questions that were asked in the window and screens that were gone to, and how long until all of it was drawn.
    pub(crate) questions: Vec<(&'static str, Vec<f64>)>,
    /// Between two frames while the list is scrolled, and how many rows went by.
    pub(crate) frames: Vec<f64>,
    pub(crate) rows_gone_by: usize,
    /// The program and WebKit's processes together, with what they share counted once, in MiB.
    pub(crate) memory_mb: f64,
}

/// Measures everything.
pub(crate) fn run(options: &Options) -> Result<Vec<Seen>> {
    fs::create_dir_all(&options.folder)?;
    let scratch = tempfile::tempdir_in(&options.folder)?;
    let fresh = Home::furnish(&options.bellhop, &scratch.path().join("fresh"))?;
    let mut homes = vec![fresh];
    if options.stored > 0 {
        homes.push(stored::home(
            &options.bellhop,
            &options.folder,
            options.stored,
        )?);
    }
    // The desktop's processes end with the thread that starts them.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    homes
        .iter()
        .map(|home| runtime.block_on(look(options, home)))
        .collect()
}

async fn look(options: &Options, home: &Home) -> Result<Seen> {
    let stored = home.counts()?.stored;
    eprintln!("the window with {stored} calls stored");
    let desktop = Desktop::start().await?;
    let (mut painted, mut listed) = (Vec::new(), Vec::new());
    for _ in 1..STARTS {
        let opened = open(&desktop, options, home).await?;
        painted.push(opened.painted);
        listed.extend(opened.listed);
    }
    let opened = open(&desktop, options, home).await?;
    painted.push(opened.painted);
    listed.extend(opened.listed);
    let page = Page(&opened.program);
    let arrivals = page.arrivals(home, opened.receiver).await?;
    let memory_mb = memory(&opened.program).await?;
    let mut questions = page.questions().await?;
    questions.extend(page.screens().await?);
    let (frames, rows_gone_by) = page.scroll().await?;
    Ok(Seen {
        stored,
        painted,
        listed,
        arrivals,
        questions,
        frames,
        rows_gone_by,
        memory_mb,
    })
}

struct Opened {
    program: Program,
    receiver: SocketAddr,
    painted: f64,
    /// Nothing where there are no rows.
    listed: Option<f64>,
}

async fn open(desktop: &Desktop, options: &Options, home: &Home) -> Result<Opened> {
    let receiver = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let args = [
        "--data-dir".into(),
        home.data_dir.clone().into(),
        "--listen".into(),
        receiver.to_string().into(),
    ];
    let started = now_ms()?;
    let program = desktop
        .open(&ProgramOptions {
            program: &options.desktop,
            args: args.to_vec(),
            variables: vec![("BELLHOP_SECRETS", "file")],
        })
        .await?;
    let page = Page(&program);
    let (painted, listed) = eventually_within(PATIENCE, "the window has painted", async || {
        let marks = page.ask(MARKS, &[]).await?;
        let at = |name: &str| {
            marks
                .get(name)
                .and_then(Value::as_f64)
                .map(|at| at - started)
        };
        let settled = marks.get("settled").and_then(Value::as_bool) == Some(true);
        Ok(at("painted")
            .filter(|_| settled)
            .map(|painted| (painted, at("listed"))))
    })
    .await?;
    eventually_within(PATIENCE, "the receiver takes calls", async || {
        Ok(TcpStream::connect(receiver).ok())
    })
    .await?;
    Ok(Opened {
        program,
        receiver,
        painted,
        listed,
    })
}

async fn memory(program: &Program) -> Result<f64> {
    tokio::time::sleep(SETTLE).await;
    proportional_mb_of_group(program.id())
}

fn now_ms() -> Result<f64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1e3)
}

/// When what was first on the screen, in the machine's time.
const MARKS: &str = "
    const at = (name) => {
        const entry = performance.getEntriesByName(name)[0];
        return entry ? performance.timeOrigin + entry.startTime : null;
    };
    const listed = at('timeline');
    const empty = document.querySelector('[data-testid=timeline-scroller], main h2') !== null;
    return { painted: at('first-contentful-paint'), listed, settled: listed !== null || empty };";

/// Notes when the first row of the list becomes another one, in the frame in which it is drawn.
const WATCH: &str = "
    const first = () => document.querySelector('[data-testid=timeline-entry]')?.dataset.eventId ?? null;
    window.arrived = [];
    let last = first();
    new MutationObserver(() => {
        if (first() === last) return;
        last = first();
        requestAnimationFrame(() => window.arrived.push(performance.timeOrigin + performance.now()));
    }).observe(document.body, { subtree: true, childList: true, attributes: true });";

/// Asks for another view of the timeline, as a click or the last key of a word does, and waits until it is drawn.
const QUESTION: &str = "
    const [hash, typed, done] = arguments;
    const began = performance.now();
    let asked = false;
    const look = new MutationObserver(() => {
        const busy = document.querySelector('[data-testid=timeline-scroller].busy') !== null;
        asked ||= busy;
        if (busy || !asked) return;
        look.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true });
    if (typed === null) location.hash = hash;
    else {
        const field = document.querySelector('input[type=search]');
        field.value = typed;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    }";

/// Goes to another screen, as a click does, and waits until all of it is drawn.
const SCREEN: &str = "
    const [hash, title, done] = arguments;
    const began = performance.now();
    const look = new MutationObserver(() => {
        const there = document.querySelector('h1')?.textContent.trim() === title;
        if (!there || document.querySelector('[data-testid=skeleton]') !== null) return;
        look.disconnect();
        requestAnimationFrame(() => done(performance.now() - began));
    });
    look.observe(document.body, { subtree: true, childList: true, attributes: true });
    location.hash = hash;";

/// Scrolls down a little in each frame, for five seconds.
const SCROLL: &str = "
    const [done] = arguments;
    const list = document.querySelector('[data-testid=timeline-scroller]');
    const rows = new Set();
    const frames = [];
    let last = null;
    const began = performance.now();
    const step = (now) => {
        if (last !== null) frames.push(now - last);
        last = now;
        for (const row of list.querySelectorAll('[data-testid=timeline-entry]')) rows.add(row.dataset.eventId);
        list.scrollTop += 60;
        if (now - began < 5000) requestAnimationFrame(step);
        else done({ frames, rows: rows.size });
    };
    requestAnimationFrame(step);";

/// The window's page.
struct Page<'a>(&'a Program);

impl Page<'_> {
    async fn ask(&self, script: &str, args: &[Value]) -> Result<Value> {
        self.0.window().script(script, args).await
    }

    async fn wait_for(&self, script: &str, args: &[Value]) -> Result<Value> {
        let answer = self
            .0
            .window()
            .client()
            .execute_async(script, args.to_vec());
        answer.await.context("the page did not answer")
    }

    async fn arrivals(&self, home: &Home, receiver: SocketAddr) -> Result<Vec<f64>> {
        self.ask(WATCH, &[]).await?;
        let calls = Calls::sign(&home.paths, &mut Numbers::fresh(), ARRIVALS)?;
        let mut times = Vec::new();
        for index in 0..ARRIVALS {
            load::make_one(receiver, calls.get(index).context("no call")?).await?;
            let answered = now_ms()?;
            let seen = eventually_within(PATIENCE, "the call's row is drawn", async || {
                let arrived = self.ask("return window.arrived", &[]).await?;
                Ok(arrived.get(index).and_then(Value::as_f64))
            })
            .await?;
            times.push(seen - answered);
        }
        Ok(times)
    }

    async fn questions(&self) -> Result<Vec<(&'static str, Vec<f64>)>> {
        let mut answers = Vec::new();
        // What is asked, the address or the word, and what leads back.
        for (name, hash, typed) in [
            ("a search for a word of every entry", None, Some("amelia")),
            ("a search for what nobody has", None, Some("zzzzqqqq")),
            (
                "a kind that no entry has",
                Some("#/timeline?kind=no_show"),
                None,
            ),
            ("one provider", Some("#/timeline?provider=webkasa"), None),
        ] {
            let mut times = Vec::new();
            for _ in 0..STARTS {
                let asked = self
                    .wait_for(QUESTION, &[json!(hash), json!(typed)])
                    .await?;
                times.push(asked.as_f64().context("no time")?);
                self.back().await?;
            }
            answers.push((name, times));
        }
        Ok(answers)
    }

    async fn screens(&self) -> Result<Vec<(&'static str, Vec<f64>)>> {
        let mut all = Vec::new();
        for (name, hash, title) in [
            ("to Today", "#/digest", "Today"),
            ("to Calendar", "#/calendar", "Calendar"),
            ("to Overview", "#/overview", "Overview"),
            ("to Notifications", "#/notices", "Notifications"),
            ("to Deliveries", "#/deliveries", "Deliveries"),
        ] {
            let mut times = Vec::new();
            for _ in 0..STARTS {
                let went = self.wait_for(SCREEN, &[json!(hash), json!(title)]).await?;
                times.push(went.as_f64().context("no time")?);
                self.back().await?;
            }
            all.push((name, times));
        }
        Ok(all)
    }

    /// To the whole timeline again.
    async fn back(&self) -> Result<()> {
        self.ask("location.hash = '#/timeline'", &[]).await?;
        eventually_within(PATIENCE, "the whole timeline", async || {
            let whole = "return document.querySelector('input[type=search]').value === ''
                && document.querySelector('[data-testid=timeline-scroller]:not(.busy) [data-testid=timeline-entry]') !== null";
            Ok(self.ask(whole, &[]).await?.as_bool().filter(|whole| *whole))
        })
        .await?;
        Ok(())
    }

    async fn scroll(&self) -> Result<(Vec<f64>, usize)> {
        let answer = self.wait_for(SCROLL, &[]).await?;
        let frames = answer["frames"].as_array().context("no frames")?;
        let frames: Vec<f64> = frames.iter().filter_map(Value::as_f64).collect();
        ensure!(!frames.is_empty(), "nothing was drawn");
        Ok((
            frames,
            usize::try_from(answer["rows"].as_u64().context("no rows")?)?,
        ))
    }
}

/// All figures, in Markdown.
pub(crate) fn render(seen: &[Seen]) -> String {
    let mut rows = vec![
        row("", seen, |seen| format!("{} stored", seen.stored)),
        row("---", seen, |_| "---:".to_owned()),
        row("program started to first paint", seen, |seen| {
            median(&seen.painted)
        }),
        row("program started to first rows", seen, |seen| {
            median(&seen.listed)
        }),
        row(
            "call answered to its row on the screen: half",
            seen,
            |seen| median(&seen.arrivals),
        ),
        row("99 of 100", seen, |seen| at(&seen.arrivals, 0.99)),
    ];
    let names = seen
        .first()
        .map(|seen| &seen.questions[..])
        .unwrap_or_default();
    for (index, (name, _)) in names.iter().enumerate() {
        rows.push(row(name, seen, |seen| {
            seen.questions
                .get(index)
                .map(|(_, times)| median(times))
                .unwrap_or_default()
        }));
    }
    rows.extend([
        row("between two frames while scrolling: half", seen, |seen| {
            median(&seen.frames)
        }),
        row("99 of 100", seen, |seen| at(&seen.frames, 0.99)),
        row("longest", seen, |seen| at(&seen.frames, 1.0)),
        row("rows that went by in five seconds", seen, |seen| {
            seen.rows_gone_by.to_string()
        }),
        row("memory of the program and WebKit together", seen, |seen| {
            format!("{:.0} MB", seen.memory_mb)
        }),
    ]);
    rows.join("\n") + "\n"
}

fn row(name: &str, seen: &[Seen], cell: impl Fn(&Seen) -> String) -> String {
    let cells: Vec<String> = seen.iter().map(cell).collect();
    format!("| {name} | {} |", cells.join(" | "))
}

fn median(times: &[f64]) -> String {
    at(times, 0.5)
}

/// The value that this part of all does not exceed.
fn at(times: &[f64], part: f64) -> String {
    let mut times = times.to_vec();
    times.sort_by(f64::total_cmp);
    let last = times.len().saturating_sub(1) as f64;
    match times.get((last * part).round() as usize) {
        Some(time) => format!("{time:.0} ms"),
        None => "".to_owned(),
    }
}
