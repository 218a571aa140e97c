//! Notices of troubles, answers, and what becomes of a notice until it is shown.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that fails panics"
)]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellhop_core::answer::Answer;
use bellhop_core::notice::{Loudness, NoticeKind, Wording, Words};
use bellhop_core::provider::Provider;
use bellhop_core::sample::{Act, SampleBooking, SampleCall};
use bellhop_core::signature::SecretValue;
use bellhop_core::trouble::Unreachable;
use bellhop_engine::Engine;
use bellhop_engine::announcing::{self, Bubble};
use bellhop_engine::answering::SNOOZE;
use bellhop_engine::changes::Change;
use bellhop_engine::store::attendees::Person;
use bellhop_engine::store::notices::{self, ListQuery, Listed, NewNotice, Of};
use bellhop_engine::store::rejections;
use bellhop_test_support::telling::{Webhook, call_with, works};
use bellhop_test_support::wait::eventually;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

const ADDRESS: &str = "https://bluebell.ngrok.app";

struct Desk {
    engine: Arc<Engine>,
    endpoint: i64,
    _home: tempfile::TempDir,
}

impl Desk {
    async fn new() -> Desk {
        let home = tempfile::tempdir().unwrap();
        let engine = Engine::open_with_file_secrets(home.path()).await.unwrap();
        let secret = SecretValue::new("s");
        let added = engine.add_endpoint(Provider::Bookora, Some("Studio"), secret);
        let endpoint = added.await.unwrap().id;
        Desk {
            engine,
            endpoint,
            _home: home,
        }
    }

    async fn is_refused(&self, reason: &'static str) {
        let endpoint = self.endpoint;
        let write = self.engine.store.write(move |connection| {
            rejections::insert(connection, Some(endpoint), reason, "", Timestamp::now())
        });
        write.await.unwrap();
    }

    /// Looks, and gives what is told of trouble: the title, and whether it is over.
    async fn looks(&self, unreachable: Option<Unreachable>, address: Option<&str>) -> Vec<String> {
        let address = address.map(str::to_owned);
        let look = self
            .engine
            .look_for_troubles(unreachable, address, Timestamp::now());
        look.await.unwrap();
        let listed = self.listed().await;
        let listed = listed.iter().rev().map(|one| {
            let title = &one.notice.words.full.title;
            match one.held {
                Some(held) => format!("{title}: {}", held.as_str()),
                None => title.clone(),
            }
        });
        listed.collect()
    }

    async fn listed(&self) -> Vec<Listed> {
        self.page(1_000, None).await
    }

    /// The list as somebody reads it who goes through it page by page.
    async fn paged(&self) -> Vec<Listed> {
        let mut all: Vec<Listed> = Vec::new();
        loop {
            let before = all.last().map(|last| (last.at, last.notice.id));
            let page = self.page(2, before).await;
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    async fn page(&self, limit: i64, before: Option<(Timestamp, i64)>) -> Vec<Listed> {
        let query = ListQuery {
            limit,
            before,
            unshown: false,
        };
        let read = self
            .engine
            .store
            .read(move |connection| notices::list(connection, &query, Timestamp::now()));
        read.await.unwrap()
    }

    async fn waiting(&self, now: Timestamp) -> Vec<notices::Notice> {
        let read = self
            .engine
            .store
            .read(move |connection| notices::waiting(connection, now));
        read.await.unwrap()
    }

    async fn show_all(&self) {
        let now = Timestamp::now();
        let show = self.engine.store.write(move |connection| {
            let waiting = notices::waiting(connection, now)?;
            let ids: Vec<i64> = waiting.iter().map(|notice| notice.id).collect();
            notices::mark_shown(connection, &ids, now)
        });
        show.await.unwrap();
    }
}

fn cut_off(minutes: i64) -> Option<Unreachable> {
    Some(Unreachable {
        since: Timestamp::now(),
        lasted: SignedDuration::from_mins(minutes),
        mends: true,
        why: "the network is down".to_owned(),
        gap: None,
    })
}

#[tokio::test]
async fn calls_that_do_not_fit_the_secret_are_told_of_once_until_it_is_mended() {
    let desk = Desk::new().await;
    // Without any proof, it was somebody else.
    for _ in 0..5 {
        desk.is_refused("signature_missing").await;
    }
    desk.is_refused("signature_mismatch").await;
    desk.is_refused("signature_mismatch").await;
    assert_eq!(desk.looks(None, None).await, [""; 0]);
    desk.is_refused("signature_mismatch").await;
    let told = "Calls of Bookora are turned away";
    assert_eq!(desk.looks(None, None).await, [told]);
    desk.show_all().await;
    desk.is_refused("signature_mismatch").await;
    assert_eq!(desk.looks(None, None).await, [told]);

    let secret = SecretValue::new("t").unwrap();
    desk.engine.add_secret(desk.endpoint, secret).await.unwrap();
    assert_eq!(desk.looks(None, None).await, [format!("{told}: over")]);
    assert_eq!(desk.looks(None, None).await.len(), 1);
    for _ in 0..3 {
        desk.is_refused("signature_mismatch").await;
    }
    let both = [format!("{told}: over"), told.to_owned()];
    assert_eq!(desk.looks(None, None).await, both);
}

#[tokio::test]
async fn what_mends_itself_soon_is_told_to_nobody_and_what_is_over_unseen_is_not_shown() {
    let desk = Desk::new().await;
    assert_eq!(desk.looks(cut_off(4), None).await, [""; 0]);
    let since = cut_off(5);
    let told = desk.looks(since.clone(), None).await;
    assert_eq!(told, ["Bellhop cannot be reached"]);
    assert_eq!(desk.looks(since, None).await.len(), 1);
    // Nobody was shown it yet.
    assert_eq!(desk.looks(None, None).await, [""; 0]);
}

#[tokio::test]
async fn an_address_that_changes_again_is_told_of_again() {
    let desk = Desk::new().await;
    let other = "https://orchid.ngrok.app";
    let host = rusqlite::Connection::open(desk._home.path().join("bellhop.db")).unwrap();
    let called = |at: &str| {
        host.execute("UPDATE endpoint SET called_host = ?1", [at])
            .unwrap();
    };
    let changed = "Bellhop’s address has changed";
    called("orchid.ngrok.app");
    assert_eq!(desk.looks(None, Some(ADDRESS)).await, [changed]);
    desk.show_all().await;
    assert_eq!(desk.looks(None, Some(ADDRESS)).await, [changed]);
    assert_eq!(
        desk.looks(None, Some(other)).await,
        [format!("{changed}: over")]
    );
    let again = desk.looks(None, Some(ADDRESS)).await;
    assert_eq!(again, [format!("{changed}: over"), changed.to_owned()]);
    // While nobody knows the address, it is not known to be right either.
    assert_eq!(desk.looks(None, Some(ADDRESS)).await.len(), 2);
}

#[tokio::test]
async fn a_trouble_that_came_in_a_pause_stays_listed_and_is_looked_at_in_peace() {
    let desk = Desk::new().await;
    let since = cut_off(9);
    desk.looks(since.clone(), None).await;
    let pause = bellhop_engine::store::settings::Pause::UntilResumed;
    desk.engine.pause_notifications(Some(pause)).await.unwrap();
    desk.engine.pause_notifications(None).await.unwrap();
    let held = ["Bellhop cannot be reached: paused"];
    assert_eq!(desk.looks(since, None).await, held);
    let mut changes = desk.engine.changes.listen();
    assert_eq!(desk.looks(None, None).await, held);
    desk.engine
        .changes
        .tell(bellhop_engine::changes::Change::Gaps);
    // Nothing was changed before.
    let heard = changes.next().await;
    assert_eq!(heard, Some(bellhop_engine::changes::Change::Gaps));
}

#[tokio::test]
async fn a_snoozed_trouble_that_is_over_is_not_told_of_again() {
    let desk = Desk::new().await;
    let since = cut_off(9);
    desk.looks(since.clone(), None).await;
    desk.show_all().await;
    let told = desk.listed().await[0].notice.id;
    desk.engine
        .answer(vec![told], Answer::Snoozed)
        .await
        .unwrap();
    // The first answer counts.
    desk.engine
        .answer(vec![told], Answer::Dismissed)
        .await
        .unwrap();
    let answer = desk.listed().await[0].answer.map(|(answer, _)| answer);
    assert_eq!(answer, Some(Answer::Snoozed));

    let later = Timestamp::now() + SNOOZE;
    assert_eq!(desk.waiting(Timestamp::now()).await.len(), 0);
    let again = desk.waiting(later).await;
    assert_eq!(again[0].words.full.title, "Bellhop cannot be reached");
    assert_eq!(again[0].settled, None);
    desk.looks(None, None).await;
    let settled = desk.waiting(later).await[0].settled;
    assert_eq!(settled.map(|held| held.as_str()), Some("over"));
}

/// What becomes of the snoozed notice of a booking that begins in the year 2040 when this was told of it meanwhile.
async fn snoozed_and_then(first: &[(Act, i64)], then: &[(Act, i64)]) -> Option<&'static str> {
    let desk = Desk::new().await;
    let bookora = Webhook {
        provider: Provider::Bookora,
        endpoint_id: desk.endpoint,
    };
    let begins: Timestamp = "2040-06-18T14:00:00Z".parse().unwrap();
    let told = async |acts: &[(Act, i64)], from: u32| {
        for ((act, hours), revision) in acts.iter().zip(from..) {
            let made = Timestamp::now() + SignedDuration::from_secs(revision.into());
            let booking = SampleBooking {
                start: begins + SignedDuration::from_hours(*hours),
                revision,
                ..SampleBooking::new(1, made)
            };
            let engine = &desk.engine;
            bookora
                .tells(engine, *act, &booking, Timestamp::now())
                .await;
        }
    };
    told(first, 0).await;
    desk.show_all().await;
    let last = desk.listed().await.swap_remove(0).notice.id;
    desk.engine
        .answer(vec![last], Answer::Snoozed)
        .await
        .unwrap();
    told(then, 9).await;
    let waiting = desk.waiting(Timestamp::now() + SNOOZE).await;
    let is_snoozed = |one: &&notices::Notice| one.once.is_some();
    let again = waiting.iter().find(is_snoozed).unwrap();
    again.settled.map(|held| held.as_str())
}

#[tokio::test]
async fn what_is_not_true_any_more_is_not_told_again() {
    let (booked, moved) = ((Act::Book, 0), (Act::Move, 2));
    let cancelled = |hours| (Act::Cancel, hours);
    assert_eq!(snoozed_and_then(&[booked], &[]).await, None);
    assert_eq!(snoozed_and_then(&[booked], &[booked]).await, None);
    assert_eq!(snoozed_and_then(&[booked], &[moved]).await, Some("over"));
    assert_eq!(snoozed_and_then(&[booked, moved], &[]).await, None);
    let on = (Act::Move, 5);
    assert_eq!(
        snoozed_and_then(&[booked, moved], &[on]).await,
        Some("over")
    );
    assert_eq!(
        snoozed_and_then(&[booked], &[cancelled(0)]).await,
        Some("over")
    );
    assert_eq!(snoozed_and_then(&[booked, cancelled(0)], &[]).await, None);
    assert_eq!(
        snoozed_and_then(&[booked, cancelled(0)], &[moved]).await,
        Some("over")
    );
}

/// Without an id of its booking, nothing but its entry leads from what was put off to the person.
#[tokio::test]
async fn what_was_put_off_goes_with_the_person_it_tells_of() {
    let desk = Desk::new().await;
    let bookora = Webhook {
        provider: Provider::Bookora,
        endpoint_id: desk.endpoint,
    };
    let body = r#"{"event":"booking.created","data":{"customer_name":"Jane Doe","start_time":"2040-06-18T14:00:00Z"}}"#;
    let content = SampleCall {
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
    };
    let call = call_with(Provider::Bookora, content, Timestamp::now());
    bookora.calls(&desk.engine, call, Timestamp::now()).await;
    works(&desk.engine).await;
    desk.show_all().await;
    let told = desk.listed().await.swap_remove(0).notice;
    assert!(
        told.words.full.title.ends_with("Jane Doe") && told.booking_id.is_none(),
        "{told:?}"
    );
    desk.engine
        .answer(vec![told.id], Answer::Snoozed)
        .await
        .unwrap();
    let later = Timestamp::now() + SNOOZE;
    assert_eq!(desk.waiting(later).await.len(), 1);

    let person = Person::new(Some("Jane Doe"), None, None).unwrap();
    let found = desk.engine.find_person(person).await.unwrap();
    desk.engine.erase_person(found).await.unwrap();
    assert_eq!(desk.listed().await.len(), 0);
    assert_eq!(desk.waiting(later).await, []);
}

#[tokio::test]
async fn what_the_desktop_does_not_take_keeps_no_other_waiting() {
    let desk = Desk::new().await;
    for name in 0..4 {
        desk.plan(name).await;
    }
    let (stop, shown) = (CancellationToken::new(), Arc::new(Mutex::new(Vec::new())));
    let seen = Arc::clone(&shown);
    let show = move |bubble: &Bubble| match &*bubble.title {
        "0" | "1" => Err("not these words".to_owned()),
        title => {
            seen.lock().unwrap().push(title.to_owned());
            Ok(())
        }
    };
    let announcing = announcing::run(Arc::clone(&desk.engine), stop.clone(), show);
    let announcing = tokio::spawn(announcing);
    let eventually_shown = async |titles: &[&str]| {
        let what = format!("{titles:?} are shown");
        let all = async || Ok((*shown.lock().unwrap() == titles).then_some(()));
        eventually(&what, all).await.unwrap();
    };
    // Two that are refused may be all that the desktop will ever refuse.
    desk.plan(4).await;
    desk.engine.changes.tell(Change::Notices);
    eventually_shown(&["2", "3", "4"]).await;
    desk.plan(5).await;
    desk.engine.changes.tell(Change::Notices);
    eventually_shown(&["2", "3", "4", "5"]).await;
    stop.cancel();
    announcing.await.unwrap();
}

/// As Plasma does where two bookings have the same discreet words.
#[tokio::test]
async fn what_the_desktop_refuses_for_a_second_is_not_late_by_a_minute() {
    let desk = Desk::new().await;
    for name in 0..2 {
        desk.plan(name).await;
    }
    let (stop, shown) = (CancellationToken::new(), Arc::new(Mutex::new(None)));
    let count = Arc::new(Mutex::new(0));
    let taken = Arc::clone(&count);
    let show = move |_: &Bubble| {
        let mut last = shown.lock().unwrap();
        if last.is_some_and(|last: Instant| last.elapsed() < Duration::from_secs(1)) {
            return Err("too many similar ones".to_owned());
        }
        *last = Some(Instant::now());
        *taken.lock().unwrap() += 1;
        Ok(())
    };
    let announcing = announcing::run(Arc::clone(&desk.engine), stop.clone(), show);
    let announcing = tokio::spawn(announcing);
    let both = async || Ok((*count.lock().unwrap() == 2).then_some(()));
    eventually("both are shown", both).await.unwrap();
    stop.cancel();
    announcing.await.unwrap();
}

/// What happens to notices, in any order.
#[derive(Clone, Debug)]
enum Move {
    Plan(u8),
    CallOff(u8),
    Show,
    Answer(u8, Answer),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let answer = prop_oneof![
        Just(Answer::Opened),
        Just(Answer::Done),
        Just(Answer::Snoozed),
        Just(Answer::Dismissed),
    ];
    let one = prop_oneof![
        3 => (0..4_u8).prop_map(Move::Plan),
        1 => (0..4_u8).prop_map(Move::CallOff),
        2 => Just(Move::Show),
        2 => ((0..4_u8), answer).prop_map(|(name, answer)| Move::Answer(name, answer)),
    ];
    prop::collection::vec(one, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever is planned again, answered and called off in between: a name is shown once, apart from what the person
    /// asked to see again, and what was shown stays listed with its moment, in the whole list and in its pages.
    #[test]
    fn a_notice_is_shown_once_whatever_the_order(moves in moves()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let desk = Desk::new().await;
            let mut shown = std::collections::BTreeMap::<String, usize>::new();
            for one in moves {
                match one {
                    Move::Plan(name) => desk.plan(name).await,
                    Move::CallOff(name) => {
                        let name = format!("test:{name}");
                        let write = desk
                            .engine
                            .store
                            .write(move |connection| notices::call_off(connection, &name));
                        write.await.unwrap();
                    }
                    Move::Show => {
                        for notice in desk.waiting(Timestamp::now()).await {
                            *shown.entry(notice.once.unwrap()).or_default() += 1;
                        }
                        desk.show_all().await;
                    }
                    Move::Answer(name, answer) => {
                        let title = name.to_string();
                        let all = desk.listed().await;
                        let asked = all.iter().find(|listed| {
                            listed.shown_at.is_some() && listed.notice.words.full.title == title
                        });
                        if let Some(asked) = asked {
                            desk.engine.answer(vec![asked.notice.id], answer).await.unwrap();
                        }
                    }
                }
            }
            prop_assert!(shown.values().all(|times| *times == 1), "{shown:?}");
            let listed = desk.listed().await;
            prop_assert_eq!(&desk.paged().await, &listed);
            for name in shown.keys() {
                let times = listed.iter().filter(|one| one.notice.once.as_ref() == Some(name));
                let times: Vec<_> = times.collect();
                prop_assert!(times.len() == 1 && times[0].shown_at.is_some(), "{listed:?}");
            }
            Ok(())
        })?;
    }
}

impl Desk {
    async fn plan(&self, name: u8) {
        let wording = Wording {
            title: name.to_string(),
            body: String::new(),
        };
        let words = Words {
            full: wording.clone(),
            discreet: wording,
        };
        let plan = self.engine.store.write(move |connection| {
            let new = NewNotice {
                of: Of::Once {
                    name: &format!("test:{name}"),
                    booking_id: None,
                    other_booking_id: None,
                    endpoint_id: None,
                },
                kind: NoticeKind::Digest,
                words: &words,
                loudness: Loudness::Normal,
                planned_at: Timestamp::now(),
                due_at: None,
            };
            notices::plan(connection, &new)
        });
        plan.await.unwrap();
    }
}
