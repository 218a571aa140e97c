//! What the service refuses, when we first come and when we come back.

use bellhop_engine::tunnel::{Authtoken, Tunnel, TunnelStatus};
use bellhop_test_support::edge::{DOMAIN, Edge, Step, TOKEN};

use crate::bench::{Receiver, config, nothing_left, online, reconnecting, started, until};
use crate::logs;

/// What ngrok says, as far as the tests need it. `TOKEN` stands for the authtoken, which it echoes.
fn says(number: u32) -> String {
    match number {
        105 => "The authtoken you specified does not look like a proper ngrok authtoken.\r\nYour authtoken: TOKEN".into(),
        107 => "The authtoken you specified is properly formed, but it is invalid.\r\nYour authtoken: TOKEN".into(),
        _ => format!("Something about {number}."),
    }
}

const FATAL_AT_AUTH: [u32; 7] = [102, 103, 105, 107, 120, 123, 4018];
const FATAL_AT_BIND: [u32; 6] = [314, 316, 319, 320, 326, 15002];
const PASSING: [(Step, u32); 4] = [
    (Step::Auth, 108),
    (Step::Bind, 334),
    (Step::Bind, 727),
    (Step::Auth, 99_999),
];

fn fatal() -> impl Iterator<Item = (Step, u32)> {
    let auth = FATAL_AT_AUTH.into_iter().map(|number| (Step::Auth, number));
    auth.chain(FATAL_AT_BIND.into_iter().map(|number| (Step::Bind, number)))
}

fn is_failed(status: &TunnelStatus) -> bool {
    matches!(status, TunnelStatus::Failed { .. })
}

/// The status shows the code and our words, and neither it nor any log shows the authtoken.
fn assert_tells(status: &TunnelStatus, number: u32) {
    let (code, words) = match status {
        TunnelStatus::Failed { code, message } => (code, message),
        TunnelStatus::Reconnecting { code, cause, .. } => (code, cause),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        code.as_deref(),
        Some(format!("ERR_NGROK_{number}").as_str())
    );
    assert!(words.len() > 30 || number == 99_999, "{words}");
    let printed = format!("{status:?} {}", serde_json::to_string(status).unwrap());
    assert!(!printed.contains(TOKEN), "{printed}");
    let logs = logs::so_far();
    assert!(!logs.is_empty(), "logs are kept");
    assert!(!logs.contains(TOKEN), "no log shows the authtoken");
}

#[tokio::test]
async fn at_the_first_connection_a_fatal_refusal_fails_and_try_now_starts_afresh() {
    for (step, number) in fatal() {
        let edge = Edge::start().await.unwrap();
        edge.refuse(step, &format!("ERR_NGROK_{number}"), &says(number), 1);
        let tunnel = Tunnel::start(config(&edge), Receiver::default().router());
        let status = until(&tunnel, "failed", is_failed).await;
        assert_tells(&status, number);
        nothing_left(&edge).await;
        tunnel.try_now();
        online(&tunnel).await;
        tunnel.close().await;
        nothing_left(&edge).await;
    }
}

#[tokio::test]
async fn at_a_reconnect_a_fatal_refusal_fails_at_once() {
    for (step, number) in fatal() {
        let edge = Edge::start().await.unwrap();
        let mut config = config(&edge);
        // A host name that was not asked for would be let go of.
        config.domain = Some(DOMAIN.to_owned());
        let tunnel = Tunnel::start(config, Receiver::default().router());
        online(&tunnel).await;
        edge.refuse(step, &format!("ERR_NGROK_{number}"), &says(number), 1);
        edge.cut();
        let status = until(&tunnel, "failed", is_failed).await;
        assert_tells(&status, number);
        nothing_left(&edge).await;
        tunnel.close().await;
    }
}

#[tokio::test]
async fn at_the_first_connection_a_passing_refusal_is_explained_and_waited_out() {
    for (step, number) in PASSING {
        let edge = Edge::start().await.unwrap();
        edge.refuse(step, &format!("ERR_NGROK_{number}"), &says(number), 3);
        let tunnel = Tunnel::start(config(&edge), Receiver::default().router());
        let status = reconnecting(&tunnel).await;
        assert_tells(&status, number);
        assert!(matches!(
            status,
            TunnelStatus::Reconnecting {
                next_try: Some(_),
                ..
            }
        ));
        online(&tunnel).await;
        tunnel.close().await;
        nothing_left(&edge).await;
    }
}

#[tokio::test]
async fn at_a_reconnect_a_passing_refusal_is_explained_and_waited_out() {
    for (step, number) in PASSING {
        let edge = Edge::start().await.unwrap();
        let (tunnel, url) = started(&edge, Receiver::default().router()).await;
        // More often than the crate comes back by itself in reasonable time.
        edge.refuse(step, &format!("ERR_NGROK_{number}"), &says(number), 5);
        edge.cut();
        let coded = |status: &TunnelStatus| {
            matches!(
                status,
                TunnelStatus::Reconnecting {
                    code: Some(_),
                    next_try: Some(_),
                    ..
                }
            )
        };
        let status = until(&tunnel, "the code", coded).await;
        assert_tells(&status, number);
        assert_eq!(online(&tunnel).await, url);
        tunnel.close().await;
        nothing_left(&edge).await;
    }
}

#[tokio::test]
async fn a_token_revoked_while_we_are_online_is_noticed_when_we_come_back() {
    let edge = Edge::start().await.unwrap();
    let (tunnel, url) = started(&edge, Receiver::default().router()).await;
    edge.revoke(TOKEN);
    edge.cut();
    let status = until(&tunnel, "failed", is_failed).await;
    assert_tells(&status, 107);
    let auths = edge.auths();
    edge.accept(TOKEN);
    tunnel.try_now();
    assert_eq!(online(&tunnel).await, url);
    assert_eq!(edge.auths().0, auths.0 + 1, "nothing was tried in between");
    tunnel.close().await;
}

#[tokio::test]
async fn a_domain_lost_while_we_are_online_is_noticed_when_we_come_back() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.domain = Some(DOMAIN.to_owned());
    let tunnel = Tunnel::start(config, Receiver::default().router());
    online(&tunnel).await;
    edge.lose_domain(DOMAIN);
    edge.cut();
    assert_tells(&until(&tunnel, "failed", is_failed).await, 320);
    tunnel.close().await;
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.authtoken = Authtoken::new("  \n");
    let tunnel = Tunnel::start(config, Receiver::default().router());
    until(&tunnel, "failed", is_failed).await;
    assert!(edge.seen().is_empty());
    tunnel.close().await;
}

#[tokio::test]
async fn a_file_of_certificates_that_is_not_there_is_the_persons_to_mend() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.root_cas = Some("/nowhere/authority.pem".into());
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let status = until(&tunnel, "failed", is_failed).await;
    assert!(
        format!("{status:?}").contains("/nowhere/authority.pem"),
        "{status:?}"
    );
    tunnel.close().await;
}

#[test]
fn a_pasted_token_is_trimmed_and_never_printed() {
    let token = Authtoken::new(" \"2abcDEF\" \n");
    assert_eq!(token, Authtoken::new("2abcDEF"));
    assert_eq!(
        token,
        Authtoken::new("ngrok config add-authtoken 2abcDEF\n")
    );
    assert_eq!(format!("{token:?}"), "Authtoken([redacted])");
    assert_eq!(token.redact("it is 2abcDEF."), "it is [authtoken].");
}

/// Without the test authority's file, the stand-in is like a company network that inspects everything.
#[tokio::test]
async fn somebody_who_answers_in_the_services_place_is_named() {
    let edge = Edge::start().await.unwrap();
    let mut config = config(&edge);
    config.root_cas = None;
    let tunnel = Tunnel::start(config, Receiver::default().router());
    let status = reconnecting(&tunnel).await;
    assert!(format!("{status:?}").contains("in its place"), "{status:?}");
    assert!(edge.seen().is_empty(), "the authtoken was not sent to it");
    tunnel.close().await;
}
