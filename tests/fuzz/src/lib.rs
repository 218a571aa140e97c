//! What must hold whatever comes in a call, each in a function that takes any bytes and panics where it does not.
#![forbid(unsafe_code)]

use bellhop_core::call::Call;

pub mod interpretation;
pub mod keys;
pub mod signature;
pub mod stored;
pub mod stringify;

/// The crate's own source: the function is no part of what `bellhop-core` offers.
#[path = "../../../src-tauri/core/src/javascript_json.rs"]
mod javascript_json;

/// A call written as its headers, an empty line and its body, and lines that begin with `@`, which are for the test.
struct Script {
    orders: Vec<(String, String)>,
    call: Call,
}

impl Script {
    fn read(data: &[u8]) -> Script {
        let end = data.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = match end {
            Some(end) => (&data[..end], &data[end + 2..]),
            None => (data, &[][..]),
        };
        let (orders, headers) = Call::read_header_block(head)
            .into_iter()
            .partition::<Vec<_>, _>(|(name, _)| name.starts_with('@'));
        let orders = orders
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8_lossy(&value).into_owned()))
            .collect();
        Script {
            orders,
            call: Call {
                query: None,
                headers: headers
                    .into_iter()
                    .map(|(name, value)| (name.to_lowercase(), value))
                    .collect(),
                body: body.to_vec(),
            },
        }
    }
}
