//! What is stored as text is read back as it was.

use bellhop_core::call::Call;
use bellhop_core::signature::Form;

/// Headers, and the form of a proof.
pub fn check(data: &[u8]) {
    let headers = Call::read_header_block(data);
    let call = Call {
        query: None,
        headers,
        body: Vec::new(),
    };
    assert_eq!(Call::read_header_block(&call.header_block()), call.headers);
    for said in [
        call.forwarded_for(),
        call.forwarded_host(),
        call.forwarded_country(),
    ] {
        assert!(said.is_none_or(|said| !said.is_empty() && !said.contains(',')));
    }
    if let Ok(form) = serde_json::from_slice::<Form>(data) {
        let text = serde_json::to_vec(&form).expect("a form can be written");
        assert_eq!(
            serde_json::from_slice::<Form>(&text).ok(),
            Some(form.clone())
        );
        assert!(!form.to_string().is_empty());
    }
}
