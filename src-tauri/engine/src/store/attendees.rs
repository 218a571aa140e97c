//! People, as bookings and events name them. They have no table of their own.

use std::collections::BTreeMap;

use bellhop_core::call::Call;
use bellhop_core::event::Attendee;
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;

use super::Result;
use super::columns::{moment, rows};

/// Digits of a phone number that are looked for inside a longer text. Fewer are in many a text by chance.
const LONG_NUMBER: usize = 7;

/// Somebody whom bookings name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The name, as the provider writes it.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// The phone number.
    pub phone: Option<String>,
    /// How many bookings name the person so.
    pub bookings: i64,
    /// How many calls told of them.
    pub deliveries: i64,
    /// When the first of these calls came.
    pub first_heard: Timestamp,
    /// When the last one came.
    pub last_heard: Timestamp,
}

/// Everybody whose name, e-mail address or phone number has `text` in it, those heard of last first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn find(connection: &Connection, text: &str) -> Result<Vec<Known>> {
    // What a booking is known by comes from all its events; an event without a booking stands alone.
    let mut statement = connection.prepare_cached(
        "SELECT who ->> 'name' AS name, who ->> 'email' AS email, who ->> 'phone' AS phone, count(DISTINCT booking_id) AS bookings,
             count(DISTINCT delivery_id) AS deliveries, min(received_at) AS first_heard, max(received_at) AS last_heard
         FROM (SELECT coalesce(attendee, fact ->> 'attendee') AS who, booking_id, delivery_id, received_at
               FROM event LEFT JOIN booking ON booking.id = booking_id)
         GROUP BY 1, 2, 3 ORDER BY last_heard DESC",
    )?;
    let mut known = rows(&mut statement, [], |row| {
        Ok(Known {
            name: row.get("name")?,
            email: row.get("email")?,
            phone: row.get("phone")?,
            bookings: row.get("bookings")?,
            deliveries: row.get("deliveries")?,
            first_heard: moment(row.get("first_heard")?),
            last_heard: moment(row.get("last_heard")?),
        })
    })?;
    let (words, digits) = (plain(text), digits(text));
    known.retain(|known| {
        let has = |part: &Option<String>| {
            part.as_deref()
                .is_some_and(|part| plain(part).contains(&words))
        };
        let has_number = |part: &Option<String>| {
            part.as_deref()
                .is_some_and(|part| self::digits(part).contains(&digits))
        };
        has(&known.name)
            || has(&known.email)
            || has(&known.phone)
            || (!digits.is_empty()
                && plain(text).chars().all(is_of_phone)
                && has_number(&known.phone))
    });
    Ok(known)
}

/// Whom to look for: everything that is given has to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

impl Person {
    /// The person of a name, an e-mail address and a phone number. `None` where nothing is given.
    pub fn new(name: Option<&str>, email: Option<&str>, phone: Option<&str>) -> Option<Person> {
        let given = |text: Option<&str>, write: fn(&str) -> String| {
            text.map(write).filter(|text| !text.is_empty())
        };
        let person = Person {
            name: given(name, plain),
            email: given(email, plain),
            phone: given(phone, digits),
        };
        let nobody = person.name.is_none() && person.email.is_none() && person.phone.is_none();
        (!nobody).then_some(person)
    }

    /// Whether this is the attendee. Case, spaces and the way a number is written do not matter.
    pub(crate) fn is(&self, attendee: &Attendee) -> bool {
        let fits = |wanted: &Option<String>, has: &Option<String>, write: fn(&str) -> String| {
            wanted.is_none() || wanted.as_deref() == has.as_deref().map(write).as_deref()
        };
        fits(&self.name, &attendee.name, plain)
            && fits(&self.email, &attendee.email, plain)
            && fits(&self.phone, &attendee.phone, digits)
    }

    /// Whether a call holds everything that is given of the person, wherever in it.
    pub(crate) fn is_in(&self, call: &Call) -> bool {
        let mut texts: Vec<String> = call
            .headers
            .iter()
            .map(|(_, value)| String::from_utf8_lossy(value).into_owned())
            .chain(call.query.clone())
            .collect();
        match serde_json::from_slice::<Value>(&call.body) {
            Ok(body) => collect_texts(&body, &mut texts),
            Err(_) => texts.push(String::from_utf8_lossy(&call.body).into_owned()),
        }
        self.is_in_texts(&texts)
    }

    /// Whether these texts together hold everything that is given of the person.
    pub(crate) fn is_in_texts(&self, texts: &[String]) -> bool {
        let any = |wanted: &Option<String>, holds: fn(&str, &str) -> bool| {
            wanted
                .as_deref()
                .is_none_or(|wanted| texts.iter().any(|text| holds(text, wanted)))
        };
        any(&self.name, |text, name| has_word(&plain(text), name))
            && any(&self.email, |text, email| has_word(&plain(text), email))
            && any(&self.phone, |text, phone| {
                let number = digits(text);
                number == phone || (phone.len() >= LONG_NUMBER && number.contains(phone))
            })
    }
}

fn collect_texts(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Number(number) => texts.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(_, field)| collect_texts(field, texts)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Whether `word` is in `text` and is no part of a longer word.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, found)| {
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let after = text
            .get(start + found.len()..)
            .and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// In lower case, with one space between two words.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn is_of_phone(c: char) -> bool {
    c.is_ascii_digit() || " +-()./".contains(c)
}

/// The texts by which `attendee` could be found in a file.
pub(crate) fn traces(attendee: &Attendee, into: &mut BTreeMap<String, ()>) {
    let texts = [&attendee.name, &attendee.email, &attendee.phone];
    into.extend(texts.into_iter().flatten().map(|text| (text.clone(), ())));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jane() -> Attendee {
        Attendee {
            name: Some("Jane  Doe".to_owned()),
            email: Some("Jane@Example.com".to_owned()),
            phone: Some("+1 (202) 555-0142".to_owned()),
            time_zone: None,
        }
    }

    #[test]
    fn the_way_something_is_written_does_not_matter_and_everything_given_has_to_fit() {
        let is = |name, email, phone| Person::new(name, email, phone).unwrap().is(&jane());
        assert!(is(Some("jane doe"), None, None));
        assert!(is(None, Some(" jane@example.com "), Some("12025550142")));
        assert!(!is(Some("jane"), None, None));
        assert!(!is(Some("jane doe"), Some("other@example.com"), None));
        assert_eq!(Person::new(None, Some("  "), Some("none")), None);
    }

    #[test]
    fn a_call_holds_a_person_wherever_it_names_them() {
        let call = |body: &str| Call {
            query: None,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        let jane = Person::new(Some("Jané Doe"), None, None).unwrap();
        assert!(jane.is_in(&call(r#"{"notes":["For Jan\u00e9 Doe, please"]}"#)));
        assert!(jane.is_in(&call("not JSON: jané doe")));
        assert!(!jane.is_in(&call(r#"{"name":"Jané Doering"}"#)));
        let number = Person::new(None, None, Some("+1 202 555 0142")).unwrap();
        assert!(number.is_in(&call(r#"{"phone":12025550142}"#)));
        assert!(!number.is_in(&call(r#"{"phone":"+1 202 555 0143"}"#)));
    }
}
