//! The turns of a conversation → the runs of the model in it.
//!
//! A run is all that the model says from one question of a person to the next, tools and their
//! results between. Each turn with reasoning is a trace; the traces of a run have one prompt. Comes in:
//! turns, in order. Goes out: [`Run`]s, and the drafts that are made of them. Used by `session` and
//! by the formats.

use super::parts::push;
use super::said::Said;
use super::turn::{Role, Turn};
use crate::ingest::record::Draft;
use crate::ingest::turns::Turns;

/// No run has more steps; the rest of it is another run.
const MOST_STEPS: usize = 10_000;

/// What the model says in answer to one question.
#[derive(Debug, Default)]
pub(in crate::ingest) struct Run {
    pub question: Option<String>,
    pub steps: Vec<Step>,
}

/// A turn of the model.
#[derive(Debug)]
pub(in crate::ingest) struct Step {
    pub said: Said,
    pub model: Option<String>,
    pub finish: Option<String>,
    key: Option<String>,
    /// What came of a call followed.
    called: bool,
}

impl Run {
    /// Whether a turn of the run holds reasoning.
    pub fn has_reasoning(&self) -> bool {
        self.steps.iter().any(|step| !step.said.reasoning.trim().is_empty())
    }

    /// How many turns hold reasoning.
    pub fn thoughts(&self) -> usize {
        self.steps.iter().filter(|step| !step.said.reasoning.trim().is_empty()).count()
    }

    /// Adds a turn. A question that begins the next run is given back.
    pub fn push(&mut self, turn: Turn) -> Option<Turn> {
        match turn.role {
            Role::User if turn.question().is_some() => {
                let question = turn.question().map(str::to_owned);
                if self.steps.is_empty() {
                    self.question = question;
                    return None;
                }
                return Some(turn);
            }
            Role::User | Role::Tool => {
                if let Some(last) = self.steps.last_mut() {
                    last.called = true;
                }
            }
            Role::Assistant => self.add(turn),
            Role::Other => {}
        }
        None
    }

    fn add(&mut self, turn: Turn) {
        let Turn { said, model, finish, key, others, .. } = turn;
        let thinks = !said.reasoning.trim().is_empty();
        let calls = said.calls;
        let (own, has_room) = (model.clone(), self.steps.len() < MOST_STEPS);
        match self.steps.last_mut() {
            // Several pieces of one message, or what follows a thought that stands alone.
            Some(last)
                if (key.is_some() && last.key == key)
                    || (!thinks && last.said.answer.is_none()) =>
            {
                push(&mut last.said.reasoning, &said.reasoning, "\n\n");
                if let Some(more) = said.answer {
                    push(last.said.answer.get_or_insert_default(), &more, "\n");
                }
                last.said.encrypted += said.encrypted;
                last.said.cut_off &= last.said.answer.is_none();
                last.model = last.model.take().or(model);
                last.finish = finish.or(last.finish.take());
                last.called |= calls;
            }
            // The last word after a call is the answer.
            Some(last) if !thinks && last.called => {
                last.said.answer = said.answer.or(last.said.answer.take());
                last.said.encrypted += said.encrypted;
                last.finish = finish.or(last.finish.take());
            }
            _ if has_room => self.steps.push(Step { said, model, finish, key, called: calls }),
            _ => {}
        }
        for said in others {
            let (finish, key) = (None, None);
            self.steps.push(Step { said, model: own.clone(), finish, key, called: false });
        }
    }

    /// The drafts of the run: one for each turn with reasoning (or for the last of them, where only that
    /// is asked for), or one without where there is none. `outer` has what the record says of all its
    /// traces.
    pub fn drafts(self, outer: &Draft, turns: Turns) -> Vec<Draft> {
        let question = self.question;
        let fill = |step: Step| {
            let mut draft = outer.clone();
            draft.trace.prompt = question.clone().or_else(|| draft.trace.prompt.take());
            draft.trace.model = step.model.or_else(|| draft.trace.model.take());
            draft.trace.reasoning = step.said.reasoning;
            draft.trace.answer = step.said.answer.filter(|answer| !answer.trim().is_empty());
            draft.evidence = step.said.evidence;
            draft.cut_off = step.said.cut_off;
            draft.encrypted = step.said.encrypted;
            draft.stopped(step.finish.as_deref());
            draft.charge();
            draft
        };
        let has = |step: &Step| !step.said.reasoning.trim().is_empty();
        let (mut with, without): (Vec<_>, Vec<_>) = self.steps.into_iter().partition(has);
        let sealed: usize = without.iter().map(|step| step.said.encrypted).sum();
        if with.is_empty() {
            let last = without.into_iter().next_back();
            return last
                .map(|step| Draft { encrypted: sealed, ..fill(step) })
                .into_iter()
                .collect();
        }
        let passed_over = if turns == Turns::Last { with.len() - 1 } else { 0 };
        with.drain(..passed_over);
        let mut drafts: Vec<_> = with.into_iter().map(fill).collect();
        if let Some(first) = drafts.first_mut() {
            first.encrypted += sealed;
            first.earlier_turns += passed_over;
        }
        drafts
    }
}

/// The runs of a whole conversation.
pub(in crate::ingest) fn of(turns: impl IntoIterator<Item = Turn>) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut open = Run::default();
    for turn in turns {
        if let Some(question) = open.push(turn) {
            runs.push(std::mem::take(&mut open));
            open.push(question);
        }
    }
    if !open.steps.is_empty() {
        runs.push(open);
    }
    runs
}
