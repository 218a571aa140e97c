//! Errors on their way to the window.

use crate::dto::Failure;

/// What a command gives.
pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure {
            code: None,
            message: format!("{:#}", error.into()),
        }
    }
}
