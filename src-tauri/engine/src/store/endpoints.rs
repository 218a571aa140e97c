//! Table `endpoint`: our public addresses.

use bellhop_core::provider::Provider;
use bellhop_core::signature::{Form, Trust, trust};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::columns::{from_json, moment, rows, to_json};
use super::secrets::{self, Secret};
use super::{Result, StoreError};
use crate::secrets::Keeper;

/// One public address of ours, for one provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its row.
    pub id: i64,
    /// The booking system that calls it.
    pub provider: Provider,
    /// The person's name for it.
    pub label: String,
    /// The unguessable part of its address.
    pub token: String,
    /// How its first genuine call proved itself.
    pub signature_form: Option<Form>,
    /// The public host of the address that was last copied for its provider.
    pub given_host: Option<String>,
    /// The public host of the last genuine call that came through one.
    pub called_host: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
    /// Its live secrets.
    pub secrets: Vec<Secret>,
    /// When it was last called, genuinely.
    pub last_delivery_at: Option<Timestamp>,
    /// How many minutes have to stay free before and after each of its bookings.
    pub buffer_minutes: u16,
}

impl Endpoint {
    /// Its address without the host.
    pub fn path(&self) -> String {
        format!("/hooks/{}", self.token)
    }

    /// The address that its provider still has, where that is another than `public_url`: what comes there is lost.
    ///
    /// The provider's own calls tell which it has; before the first one, the address that was copied for it does.
    pub fn stale_address(&self, public_url: &str) -> Option<String> {
        let host = public_url.strip_prefix("https://")?;
        let known = self.called_host.as_deref().or(self.given_host.as_deref())?;
        (!known.eq_ignore_ascii_case(host)).then(|| format!("https://{known}{}", self.path()))
    }

    /// How far its calls are proven.
    pub fn trust(&self) -> Trust {
        trust(self.provider, !self.secrets.is_empty())
    }
}

const COLUMNS: &str = "id, provider, label, token, signature_form, given_host, called_host, created_at, last_delivery_at,
     buffer_minutes";

fn read(connection: &Connection, row: &Row<'_>) -> Result<Endpoint> {
    let id = row.get("id")?;
    let form: Option<String> = row.get("signature_form")?;
    Ok(Endpoint {
        id,
        provider: provider_word(&row.get::<_, String>("provider")?)?,
        label: row.get("label")?,
        token: row.get("token")?,
        signature_form: form
            .map(|form| from_json(&form, "endpoint.signature_form"))
            .transpose()?,
        given_host: row.get("given_host")?,
        called_host: row.get("called_host")?,
        created_at: moment(row.get("created_at")?),
        secrets: secrets::live(connection, id)?,
        last_delivery_at: row.get::<_, Option<i64>>("last_delivery_at")?.map(moment),
        buffer_minutes: row.get("buffer_minutes")?,
    })
}

pub(super) fn provider_word(word: &str) -> Result<Provider> {
    word.parse()
        .map_err(|_| StoreError::Unreadable("endpoint.provider"))
}

/// Adds an endpoint and gives its row.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn insert(
    connection: &Connection,
    provider: Provider,
    label: &str,
    token: &str,
    now: Timestamp,
) -> Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO endpoint (provider, label, token, created_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            provider.as_str(),
            label,
            token,
            now.as_microsecond()
        ])?;
    Ok(connection.last_insert_rowid())
}

/// All endpoints that have not been removed, oldest first.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn all(connection: &Connection) -> Result<Vec<Endpoint>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM endpoint WHERE removed_at IS NULL ORDER BY id"
    ))?;
    rows(&mut statement, [], |row| read(connection, row))
}

/// One endpoint, unless it has been removed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn get(connection: &Connection, id: i64) -> Result<Option<Endpoint>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM endpoint WHERE id = ?1 AND removed_at IS NULL"
    ))?;
    Ok(rows(&mut statement, [id], |row| read(connection, row))?.pop())
}

/// The person's name for an endpoint, unless it has been removed.
pub(crate) fn label(connection: &Connection, id: i64) -> Result<Option<String>> {
    let mut statement = connection
        .prepare_cached("SELECT label FROM endpoint WHERE id = ?1 AND removed_at IS NULL")?;
    Ok(statement.query_row([id], |row| row.get(0)).optional()?)
}

/// What the receiver needs of an endpoint that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// Its row.
    pub id: i64,
    /// Its provider.
    pub provider: Provider,
    /// The form pinned to it.
    pub signature_form: Option<Form>,
    /// Its live secrets, oldest first: the row of each, and who keeps it.
    pub secrets: Vec<(i64, Keeper)>,
}

/// The endpoint with this token, unless it has been removed.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn by_token(connection: &Connection, token: &str) -> Result<Option<Called>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, provider, signature_form FROM endpoint WHERE token = ?1 AND removed_at IS NULL",
    )?;
    let found = rows(&mut statement, [token], |row| {
        let id = row.get("id")?;
        let form: Option<String> = row.get("signature_form")?;
        Ok(Called {
            id,
            provider: provider_word(&row.get::<_, String>("provider")?)?,
            signature_form: form
                .map(|form| from_json(&form, "endpoint.signature_form"))
                .transpose()?,
            secrets: secrets::live(connection, id)?
                .into_iter()
                .map(|secret| (secret.id, secret.kept_in))
                .collect(),
        })
    })?;
    Ok(found.into_iter().next())
}

/// Remembers how the first genuine call proved itself. A form that is known already stays.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn pin_form(connection: &Connection, id: i64, form: &Form) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE endpoint SET signature_form = ?2 WHERE id = ?1 AND signature_form IS NULL",
        )?
        .execute(params![id, to_json(form, "endpoint.signature_form")?])?;
    Ok(())
}

/// Remembers the public host of an address that was copied for the provider.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn give_host(connection: &Connection, id: i64, host: &str) -> Result<()> {
    connection
        .prepare_cached("UPDATE endpoint SET given_host = ?2 WHERE id = ?1")?
        .execute(params![id, host])?;
    Ok(())
}

/// Lets so many minutes be free before and after each booking of an endpoint.
pub(crate) fn set_buffer(connection: &Connection, id: i64, minutes: u16) -> Result<()> {
    connection
        .prepare_cached("UPDATE endpoint SET buffer_minutes = ?2 WHERE id = ?1")?
        .execute(params![id, minutes])?;
    Ok(())
}

/// Notes when a genuine call came.
pub(crate) fn called(connection: &Connection, id: i64, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached("UPDATE endpoint SET last_delivery_at = ?2 WHERE id = ?1")?
        .execute(params![id, now.as_microsecond()])?;
    Ok(())
}

/// Remembers the public host that a genuine call came through.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn called_through(connection: &Connection, id: i64, host: &str) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE endpoint SET called_host = ?2 WHERE id = ?1 AND called_host IS NOT ?2",
        )?
        .execute(params![id, host])?;
    Ok(())
}

/// Forgets the form, so that the next genuine call teaches it anew.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn forget_form(connection: &Connection, id: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE endpoint SET signature_form = NULL WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// Removes an endpoint; what it has received stays. False if there was none.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn remove(connection: &Connection, id: i64, now: Timestamp) -> Result<bool> {
    let removed = connection
        .prepare_cached("UPDATE endpoint SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL")?
        .execute(params![id, now.as_microsecond()])?;
    Ok(removed > 0)
}

/// The endpoint that a token belongs or belonged to.
///
/// # Errors
///
/// Fails where SQLite does.
pub fn id_of_token(connection: &Connection, token: &str) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT id FROM endpoint WHERE token = ?1")?;
    Ok(statement.query_row([token], |row| row.get(0)).optional()?)
}
