//! What the service refuses, and what the person can do about it.

use ngrok::session::{ConnectError, RpcError};
use ngrok::tunnel::AcceptError;

use super::config::Authtoken;

/// One refusal, safe to show: the authtoken is cut out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The service's code, where it gave one.
    pub(super) code: Option<String>,
    /// What the person can do, or what we are waiting for.
    pub(super) message: String,
    /// Whether time heals it.
    pub(super) passing: bool,
}

/// The codes of [`TABLE`] that say that the host name which was asked for cannot be had.
const OF_THE_HOST: [u32; 7] = [313, 314, 316, 319, 320, 326, 15002];

/// Code, whether it passes by itself, what the person can do. The texts of the service speak to
/// developers about its command line, so they are replaced.
///
/// Source: <https://ngrok.com/docs/errors>.
const TABLE: [(u32, bool, &str); 21] = [
    (
        102,
        false,
        "The ngrok account is suspended because a payment failed. Put that right at dashboard.ngrok.com/billing, then try again.",
    ),
    (
        103,
        false,
        "The ngrok account is suspended. Write to support@ngrok.com if that is a mistake.",
    ),
    (
        105,
        false,
        "This is not an ngrok authtoken. Copy it from dashboard.ngrok.com/get-started/your-authtoken and paste it again; an API key is something else.",
    ),
    (
        107,
        false,
        "ngrok does not know this authtoken any more: it was reset, revoked or belongs to an account that is gone. Copy the present one from dashboard.ngrok.com/get-started/your-authtoken.",
    ),
    (
        108,
        true,
        "Another program is online with this ngrok account, and the plan allows no more at once. Stop it at dashboard.ngrok.com/agents, or wait: after a crash ngrok needs a little while to notice that the earlier one is gone.",
    ),
    (
        120,
        false,
        "ngrok does not accept this version any more. Update Bellhop.",
    ),
    (
        121,
        false,
        "ngrok does not accept this version any more. Update Bellhop.",
    ),
    (
        123,
        false,
        "Confirm the e-mail address of the ngrok account at dashboard.ngrok.com/user/settings, then try again.",
    ),
    (
        313,
        false,
        "The ngrok plan does not include this domain. Leave the domain empty to use the one that belongs to the account.",
    ),
    (
        314,
        false,
        "The ngrok plan does not include domains of one's own. Leave the domain empty to use the one that belongs to the account.",
    ),
    (
        316,
        false,
        "This authtoken may not use this domain. Change its rules at dashboard.ngrok.com/authtokens, or choose another domain.",
    ),
    (
        319,
        false,
        "This domain is not reserved for the ngrok account. Reserve it at dashboard.ngrok.com/domains, or leave the domain empty.",
    ),
    (
        320,
        false,
        "This domain belongs to another ngrok account. Choose one of your own at dashboard.ngrok.com/domains, or use the authtoken of the account that owns it.",
    ),
    (
        326,
        false,
        "The domain has a character that cannot be in a domain. Write only the host name, without https:// and without a path.",
    ),
    (
        334,
        true,
        "This address is already online from somewhere else: another copy of Bellhop, a Cloud Endpoint at dashboard.ngrok.com/endpoints, or our own earlier session that ngrok has not let go of yet. Stop the other one, or wait.",
    ),
    (
        725,
        true,
        "The ngrok account has used up its bytes of this month. It can be extended at dashboard.ngrok.com/billing.",
    ),
    (
        726,
        true,
        "The ngrok account has used up its connections of this month. It can be extended at dashboard.ngrok.com/billing.",
    ),
    (
        727,
        true,
        "The ngrok account has used up its requests of this month. It can be extended at dashboard.ngrok.com/billing.",
    ),
    (
        728,
        true,
        "The ngrok account has used up its connections of this month. It can be extended at dashboard.ngrok.com/billing.",
    ),
    (
        4018,
        false,
        "ngrok needs a free account. Sign up at dashboard.ngrok.com/signup, confirm the e-mail address, and paste the authtoken.",
    ),
    (
        15002,
        false,
        "The ngrok plan wants a domain that is registered first. Do that at dashboard.ngrok.com/domains and write it into the settings.",
    ),
];

impl Refusal {
    /// Whether another host name, or none, may be given where this one was refused.
    pub(super) fn is_of_the_host(&self) -> bool {
        number(self.code.as_deref()).is_some_and(|number| OF_THE_HOST.contains(&number))
    }
}

fn number(code: Option<&str>) -> Option<u32> {
    code?.strip_prefix("ERR_NGROK_")?.parse().ok()
}

/// What one code means. A code that is not in the table counts as passing, with the service's own
/// words: to keep trying slowly does no harm, to give up in error does.
pub(super) fn explain(code: Option<&str>, said: &str, token: &Authtoken) -> Refusal {
    let number = number(code);
    let known = TABLE.iter().find(|(of, ..)| Some(*of) == number);
    let (passing, message) = match known {
        Some((_, passing, message)) => (*passing, (*message).to_owned()),
        None => (
            true,
            format!("ngrok said: {}", one_line(&token.redact(said))),
        ),
    };
    Refusal {
        code: code.map(|code| token.redact(code)),
        message,
        passing,
    }
}

/// The service's answer in the form `message\r\n\r\nERR_NGROK_n\r\n`.
pub(super) fn from_answer(answer: &str, token: &Authtoken) -> Refusal {
    let code = answer
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("ERR_NGROK_"));
    let said: Vec<&str> = answer
        .lines()
        .filter(|line| !line.starts_with("ERR_NGROK_"))
        .collect();
    explain(code, &said.join(" "), token)
}

/// The refusal in an error of the crate, if the service gave one.
pub(super) fn from_connect(error: &ConnectError, token: &Authtoken) -> Option<Refusal> {
    match error {
        ConnectError::Auth(error) | ConnectError::Rebind(error) => from_rpc(error, token),
        _ => None,
    }
}

/// The refusal in an error of the crate, if the service gave one.
pub(super) fn from_rpc(error: &RpcError, token: &Authtoken) -> Option<Refusal> {
    match error {
        RpcError::Response(answer) => {
            Some(explain(answer.error_code.as_deref(), &answer.msg, token))
        }
        _ => None,
    }
}

/// The refusal that made a session reconnect, if it was one.
pub(super) fn from_accept(error: &AcceptError, token: &Authtoken) -> Option<Refusal> {
    match error {
        AcceptError::Reconnect(error) => from_connect(error, token),
        AcceptError::ListenerClosed {
            message,
            error_code,
        } => Some(explain(error_code.as_deref(), message, token)),
        _ => None,
    }
}

fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    line.chars().take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "2abcSecretSecretSecret";

    #[test]
    fn codes_of_the_table_have_our_words_and_no_token() {
        let token = Authtoken::new(SECRET);
        for (number, passing, message) in TABLE {
            let answer = format!(
                "Something about\r\nYour authtoken: {SECRET}\r\n\r\nERR_NGROK_{number}\r\n"
            );
            let refusal = from_answer(&answer, &token);
            assert_eq!(refusal.code, Some(format!("ERR_NGROK_{number}")));
            assert_eq!(
                (refusal.passing, refusal.message.as_str()),
                (passing, message)
            );
        }
    }

    #[test]
    fn an_unknown_code_passes_and_keeps_the_words_of_the_service_without_the_token() {
        let refusal = from_answer(
            &format!("New trouble: {SECRET}\r\n\r\nERR_NGROK_99999\r\n"),
            &Authtoken::new(SECRET),
        );
        assert!(refusal.passing);
        assert_eq!(refusal.message, "ngrok said: New trouble: [authtoken]");
    }
}
