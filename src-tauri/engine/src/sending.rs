//! Posting sample calls to a running receiver over real HTTP, as their provider would.

use std::net::SocketAddr;
use std::time::Duration;

use bellhop_core::sample::SampleBooking;
use bellhop_core::signature::{SAMPLE_HEADER, SignedParts, sign};
use jiff::Timestamp;

use crate::Engine;
use crate::endpoints::signing_secret_name;
use crate::secrets::SecretsError;
use crate::store::endpoints::Endpoint;

/// How long an answer may take.
const ANSWER_DEADLINE: Duration = Duration::from_secs(30);

/// Why a sample call was not made.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The provider has no such event type, or none that a sample is made of.
    #[error("There is no sample of {event_type} for {provider}. There are: {known}.")]
    UnknownEventType {
        /// What was asked for.
        event_type: String,
        /// The provider's name.
        provider: &'static str,
        /// What there is.
        known: String,
    },
    /// The endpoint's secret could not be read.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The receiver did not answer.
    #[error("The receiver at {address} did not answer: {cause}.")]
    NoAnswer {
        /// Where it was called.
        address: SocketAddr,
        /// Why.
        cause: String,
    },
}

impl Engine {
    /// What proves that a call of ours to an endpoint is genuine.
    pub(crate) async fn sign(
        &self,
        endpoint: &Endpoint,
        at: Timestamp,
        body: &[u8],
    ) -> Result<SignedParts, SecretsError> {
        let secret = match endpoint.secrets.last() {
            Some(secret) => {
                let name = signing_secret_name(secret.id);
                self.secrets.read(&name, secret.kept_in).await?
            }
            None => None,
        };
        let form = endpoint.signature_form.as_ref();
        Ok(sign(
            endpoint.provider,
            secret.as_ref(),
            form,
            at.as_second(),
            body,
        ))
    }

    /// Makes one signed sample call to an endpoint of the receiver at `receiver`, and gives the status of the answer.
    ///
    /// # Errors
    ///
    /// Fails where there is no such sample or no answer.
    pub async fn send_sample(
        &self,
        receiver: SocketAddr,
        endpoint: &Endpoint,
        event_type: &str,
        booking: &SampleBooking,
    ) -> Result<u16, SendError> {
        let provider = endpoint.provider;
        let sample =
            provider
                .sample(event_type, booking)
                .ok_or_else(|| SendError::UnknownEventType {
                    event_type: event_type.to_owned(),
                    provider: provider.facts().name,
                    known: provider.facts().sample_event_types.join(", "),
                })?;
        let signed = self.sign(endpoint, booking.now, &sample.body).await?;
        let mut request = ureq::post(format!("http://{receiver}{}", endpoint.path()))
            .config()
            .http_status_as_error(false)
            .timeout_global(Some(ANSWER_DEADLINE))
            .build()
            .content_type("application/json")
            .header(SAMPLE_HEADER, "1");
        for (name, value) in sample.headers {
            request = request.header(name, value);
        }
        for (name, value) in signed.headers {
            request = request.header(name, value);
        }
        if let Some((name, value)) = signed.query {
            request = request.query(name, value);
        }
        let answer = tokio::task::spawn_blocking(move || request.send(&sample.body)).await;
        let no_answer = |cause: String| SendError::NoAnswer {
            address: receiver,
            cause,
        };
        match answer {
            Ok(Ok(response)) => Ok(response.status().as_u16()),
            Ok(Err(error)) => Err(no_answer(error.to_string())),
            Err(error) => Err(no_answer(error.to_string())),
        }
    }
}
