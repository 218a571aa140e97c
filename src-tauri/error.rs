//! Errors on their way to the window.

use crate::dto::Failure;

/// What a command answers.
pub(crate) type Answer<T> = Result<T, Failure>;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure {
            code: None,
            message: format!("{:#}", error.into()),
        }
    }
}
