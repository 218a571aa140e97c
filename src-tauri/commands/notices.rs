//! The list of notices, and whether the desktop shows any.

use anyhow::Context as _;
use bellhop_engine::desktop;
use bellhop_engine::store::notices::{self as table, ListQuery, Listed};
use jiff::Timestamp;
use tauri::State;

use super::next_page;
use crate::dto::{DesktopShows, NoticePage, NoticeQuery};
use crate::error::Result;
use crate::state::Desktop;

/// The largest page that the window gets at once.
const MAX_PAGE: u32 = 1_000;

/// A page of the list of notices.
#[tauri::command]
pub(crate) async fn notices(desktop: State<'_, Desktop>, query: NoticeQuery) -> Result<NoticePage> {
    let limit = query.limit.clamp(1, MAX_PAGE);
    let query = ListQuery {
        limit: limit.into(),
        before: query.before.as_deref().map(place).transpose()?,
        unshown: query.unshown,
    };
    let read = move |connection: &_| table::list(connection, &query, Timestamp::now());
    let found = desktop.engine.store.read(read).await?;
    Ok(NoticePage {
        next: next_page(&found, limit, name),
        notices: found.into_iter().map(Into::into).collect(),
    })
}

/// A place in the list: the next page begins after it.
fn name(last: &Listed) -> String {
    format!("{}:{}", last.at.as_microsecond(), last.notice.id)
}

fn place(name: &str) -> anyhow::Result<(Timestamp, i64)> {
    let place = name.split_once(':').and_then(|(at, id)| {
        let at = Timestamp::from_microsecond(at.parse().ok()?).ok()?;
        Some((at, id.parse().ok()?))
    });
    place.with_context(|| format!("\"{name}\" is not a place in the list of notices"))
}

/// Whether the desktop shows notifications, and what keeps the person from them.
#[tauri::command]
pub(crate) async fn desktop_shows() -> Result<DesktopShows> {
    Ok(desktop::look().await.into())
}
