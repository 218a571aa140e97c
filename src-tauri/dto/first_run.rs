//! How far the person has come in setting Bellhop up.

use bellhop_engine::first_run;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::text;

/// What is to do, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the engine")]
pub enum FirstRunStep {
    About,
    Reach,
    Provider,
    Paste,
    Call,
    Notification,
    Done,
}

impl From<first_run::Step> for FirstRunStep {
    fn from(step: first_run::Step) -> FirstRunStep {
        match step {
            first_run::Step::About => FirstRunStep::About,
            first_run::Step::Reach => FirstRunStep::Reach,
            first_run::Step::Provider => FirstRunStep::Provider,
            first_run::Step::Paste => FirstRunStep::Paste,
            first_run::Step::Call => FirstRunStep::Call,
            first_run::Step::Notification => FirstRunStep::Notification,
            first_run::Step::Done => FirstRunStep::Done,
        }
    }
}

impl From<FirstRunStep> for first_run::Step {
    fn from(step: FirstRunStep) -> first_run::Step {
        match step {
            FirstRunStep::About => first_run::Step::About,
            FirstRunStep::Reach => first_run::Step::Reach,
            FirstRunStep::Provider => first_run::Step::Provider,
            FirstRunStep::Paste => first_run::Step::Paste,
            FirstRunStep::Call => first_run::Step::Call,
            FirstRunStep::Notification => first_run::Step::Notification,
            FirstRunStep::Done => first_run::Step::Done,
        }
    }
}

/// Whether it goes on. `left`: the person wants to go on later. `over`: it is finished, or not wanted any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the engine")]
pub enum FirstRunProgress {
    UnderWay,
    Left,
    Over,
}

impl From<first_run::Progress> for FirstRunProgress {
    fn from(progress: first_run::Progress) -> FirstRunProgress {
        match progress {
            first_run::Progress::UnderWay => FirstRunProgress::UnderWay,
            first_run::Progress::Left => FirstRunProgress::Left,
            first_run::Progress::Over => FirstRunProgress::Over,
        }
    }
}

impl From<FirstRunProgress> for first_run::Progress {
    fn from(progress: FirstRunProgress) -> first_run::Progress {
        match progress {
            FirstRunProgress::UnderWay => first_run::Progress::UnderWay,
            FirstRunProgress::Left => first_run::Progress::Left,
            FirstRunProgress::Over => first_run::Progress::Over,
        }
    }
}

/// Where the first run stands. `endpointId`: the endpoint that was added in it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "types.ts")]
#[expect(missing_docs, reason = "the words of the engine")]
pub struct FirstRun {
    pub progress: FirstRunProgress,
    pub step: FirstRunStep,
    pub endpoint_id: Option<String>,
}

impl From<first_run::FirstRun> for FirstRun {
    fn from(first_run: first_run::FirstRun) -> FirstRun {
        FirstRun {
            progress: first_run.progress.into(),
            step: first_run.step.into(),
            endpoint_id: text(first_run.endpoint_id),
        }
    }
}
