//! `bellhop token`

use bellhop_engine::Engine;
use bellhop_engine::secrets::{Keeper, NGROK_AUTHTOKEN};

use super::secret_from_stdin;
use crate::args::Token;
use crate::output::write_line;

pub(super) async fn run(engine: &Engine, command: Token) -> anyhow::Result<()> {
    match command {
        Token::Set { .. } => match engine
            .secrets
            .keep(NGROK_AUTHTOKEN, &secret_from_stdin()?)
            .await?
        {
            Keeper::Keychain => write_line("The token is in the keychain."),
            Keeper::File => {
                write_line("No keychain answers, so the token is in a file that only you can read.")
            }
        },
        Token::Forget => {
            engine.secrets.forget(NGROK_AUTHTOKEN).await?;
            write_line("The token is forgotten.")
        }
    }
}
