//! Reading a call, within limits of size, time and memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode};
use bellhop_core::call::Call;
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The largest body that is taken, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;

/// A body of more bytes than this is a large one. Those of bookings have some hundreds to some thousands.
pub(super) const LARGE_BODY: usize = 64 * 1024;

/// Large bodies in memory at once. With as many small ones as there are connections, bodies never take more than
/// some 100 MiB, whoever sends them; and who sends many large ones keeps no small one out.
pub(super) const LARGE_BODIES: usize = 32;

/// How much of a body that is too large is read after it was refused, in bytes.
const MAX_DISCARDED: usize = 16 * MAX_BODY;

/// How long a body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(10);

/// Why a call was not read to its end.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) reason: &'static str,
    pub(super) hint: &'static str,
}

const TOO_LARGE: Refusal = Refusal {
    status: StatusCode::PAYLOAD_TOO_LARGE,
    reason: "too_large",
    hint: "The call is larger than 1 MiB. No booking is, so it was not taken.",
};
const CUT_OFF: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    reason: "cut_off",
    hint: "The call broke off before its end. A provider sends it again.",
};
const TOO_SLOW: Refusal = Refusal {
    status: StatusCode::REQUEST_TIMEOUT,
    reason: "body_timeout",
    hint: "The call did not arrive whole within 10 seconds. A provider sends it again.",
};
const TOO_MANY_LARGE: Refusal = Refusal {
    status: StatusCode::SERVICE_UNAVAILABLE,
    reason: "too_many_large",
    hint: "Many calls of more than 64 KiB came at once, so this one was not taken. A provider sends it again.",
};

/// A call that has come whole.
pub(super) struct Received {
    pub(super) call: Call,
    /// The room that its body takes, if that is large. Held until it is stored.
    pub(super) room: Option<OwnedSemaphorePermit>,
}

pub(super) async fn read_call(
    request: Request<Body>,
    large: &Arc<Semaphore>,
) -> Result<Received, Refusal> {
    let (parts, mut body) = request.into_parts();
    let read = tokio::time::timeout(BODY_DEADLINE, read_body(&mut body, large)).await;
    let (content, room) = match read.unwrap_or(Err(TOO_SLOW)) {
        Ok(read) => read,
        Err(refusal) => {
            if matches!(
                refusal.status,
                StatusCode::PAYLOAD_TOO_LARGE | StatusCode::SERVICE_UNAVAILABLE
            ) {
                discard(body);
            }
            return Err(refusal);
        }
    };
    let call = Call {
        query: parts.uri.query().map(str::to_owned),
        headers: headers(&parts.headers),
        body: content,
    };
    Ok(Received { call, room })
}

async fn read_body(
    body: &mut Body,
    large: &Arc<Semaphore>,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Refusal> {
    // What a caller declares is refused before it comes.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(TOO_LARGE);
    }
    let mut content = Vec::new();
    let mut room = None;
    while let Some(data) = next_data(body).await? {
        let length = content.len() + data.len();
        if length > MAX_BODY {
            return Err(TOO_LARGE);
        }
        if length > LARGE_BODY && room.is_none() {
            let found = Arc::clone(large).try_acquire_owned();
            room = Some(found.map_err(|_| TOO_MANY_LARGE)?);
            // At once, lest it takes twice the room while it grows.
            content.reserve_exact(MAX_BODY - content.len());
        }
        content.extend_from_slice(&data);
    }
    Ok((content, room))
}

async fn next_data(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    match body.frame().await {
        None => Ok(None),
        // Trailers hold nothing of ours.
        Some(Ok(frame)) => Ok(Some(frame.into_data().unwrap_or_default())),
        Some(Err(_)) => Err(CUT_OFF),
    }
}

/// Reads on while the answer is on its way, and keeps nothing: a caller whose connection were cut instead might never
/// read why.
fn discard(mut body: Body) {
    let rest = async move {
        let mut left = MAX_DISCARDED;
        while let Ok(Some(data)) = next_data(&mut body).await
            && data.len() <= left
        {
            left -= data.len();
        }
    };
    tokio::spawn(tokio::time::timeout(BODY_DEADLINE, rest));
}

fn headers(headers: &HeaderMap<HeaderValue>) -> Vec<(String, Vec<u8>)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
        .collect()
}
