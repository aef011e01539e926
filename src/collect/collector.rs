//! Asking all prompts: several at once, resumed, watched, ended early.
//!
//! Comes in: prompts, a connection, settings and a file. Goes out: the file with a record for each
//! answer, and a [`Collected`]. Called by `cli`.
//!
//! Requests are made by threads of their own; this one hands out jobs, writes records and decides.
//! Until the first answers have shown reasoning no more than those few are asked, so that a server
//! that hides it costs a few answers and not hundreds.

use super::{
    Error, WatchError,
    client::{Asked, Client, Failure},
    connect::{self, Connection},
    journal::Journal,
    plan::{Job, Sample, plan},
    prompts::Prompt,
    record::record,
    server::Server,
    settings::Settings,
};
use crate::output::InputFiles;
use std::{
    collections::VecDeque,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::Ordering,
        mpsc::{Receiver, Sender, channel},
    },
};

/// So many answers show whether there is reasoning.
const FIRST: usize = 3;
/// After so many failures in a row nothing more is asked.
const MOST_FAILURES: usize = 5;

/// What is collected and how.
#[derive(Debug, Clone)]
pub struct CollectOptions {
    /// The server.
    pub connection: Connection,
    /// The model and how it is asked.
    pub settings: Settings,
    /// How often each prompt is asked.
    pub samples: u32,
    /// How many prompts are asked at once.
    pub concurrency: usize,
    /// Whether a model is asked for that the server does not list.
    pub unlisted: bool,
    /// Whether answers without reasoning are kept too.
    pub without_reasoning: bool,
}

/// Watches a run.
pub trait Watch {
    /// A sentence for people.
    fn say(&self, line: &str);
    /// So many of so many answers are there.
    fn progress(&self, done: usize, total: usize);
    /// Called when an answer was written; `done` counts those of earlier runs. A sentence ends the run
    /// at once: answers that are on their way are not waited for.
    ///
    /// # Errors
    /// Whatever the caller cannot go on with.
    fn answered(
        &self,
        done: usize,
    ) -> Result<Option<String>, Box<dyn std::error::Error + Send + Sync>> {
        let _ = done;
        Ok(None)
    }
}

/// What a run came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// Answers in the file, those of earlier runs too.
    pub answers: usize,
    /// Answers that were wanted.
    pub wanted: usize,
    /// Answers of earlier runs.
    pub resumed: usize,
    /// Answers of this run that hold no reasoning.
    pub without_reasoning: usize,
    /// Answers of this run that ended at the limit of tokens.
    pub at_limit: usize,
    /// Requests of this run.
    pub requests: u64,
    /// Tokens of this run, as far as the server told.
    pub tokens: u64,
    /// Why it ended before all was asked, where it did.
    pub ended: Option<String>,
}

/// Collects answers into a file that is made or resumed. Prompts are asked in their order.
///
/// # Errors
/// See [`Error`]; what was answered before is in the file.
pub fn collect(
    prompts: &[Prompt],
    options: &CollectOptions,
    file: &Path,
    inputs: &InputFiles,
    watch: &dyn Watch,
) -> Result<Collected, Error> {
    // The file first: nothing is asked that could not be kept.
    let mut journal = Journal::open(file, inputs, &options.settings.identity())?;
    if journal.was_cut {
        watch.say(&format!(
            "{}: the last record was not whole and is asked for again",
            file.display()
        ));
    }
    let jobs = plan(prompts, options.samples);
    let order: Vec<Sample> = jobs.iter().map(|job| job.sample).collect();
    let wanted = jobs.len();
    let left: VecDeque<Job> = jobs.into_iter().filter(|job| !journal.has(job.sample)).collect();
    let resumed = wanted - left.len();
    let mut collected = Collected { answers: resumed, wanted, resumed, ..Collected::default() };
    if !left.is_empty() {
        let client = client(options, watch)?;
        let run = Run::new(prompts, options, Arc::new(client), watch);
        run.all(left, &mut journal, &mut collected)?;
    }
    journal.finish(&order)?;
    Ok(collected)
}

/// A client of a server that has the model.
fn client(options: &CollectOptions, watch: &dyn Watch) -> Result<Client, Error> {
    let found = connect::connect(&options.connection)?;
    found.notes.iter().for_each(|note| watch.say(note));
    let client = found.client;
    let model = &options.settings.model;
    let is_there = client.models.is_empty() || connect::is_listed(&client.models, model);
    if !is_there && !options.unlisted {
        return Err(Error::NoModel {
            endpoint: client.endpoint.to_string(),
            model: model.clone(),
            there: client.models,
        });
    }
    Ok(client)
}

/// What the threads report: the job, and what came of it.
type Outcome = (Job, Result<Asked, Failure>);

/// A run in the making.
struct Run<'a> {
    prompts: &'a [Prompt],
    options: &'a CollectOptions,
    client: Arc<Client>,
    watch: &'a dyn Watch,
    jobs: Sender<(Job, String)>,
    outcomes: Receiver<Outcome>,
    /// Jobs that are with the threads.
    open: usize,
    /// Failures in a row.
    failures: usize,
    /// Failures in all, and the last reason.
    failed: usize,
    last: String,
    /// The first answers, until they are judged.
    first: Option<Vec<(Job, Asked)>>,
    /// Whoever watches has enough.
    enough: bool,
}

impl<'a> Run<'a> {
    fn new(
        prompts: &'a [Prompt],
        options: &'a CollectOptions,
        client: Arc<Client>,
        watch: &'a dyn Watch,
    ) -> Self {
        let (jobs, queue) = channel::<(Job, String)>();
        let (report, outcomes) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let settings = Arc::new(options.settings.clone());
        for _ in 0..options.concurrency.max(1) {
            let (queue, report) = (queue.clone(), report.clone());
            let (client, settings) = (client.clone(), settings.clone());
            // Not joined: a run that ends does not wait for an answer that may take half an hour.
            std::thread::spawn(move || {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok((job, prompt)) = next else { return };
                    let outcome = client.ask(&settings, &prompt);
                    if report.send((job, outcome)).is_err() {
                        return;
                    }
                }
            });
        }
        let first = (!options.without_reasoning).then(Vec::new);
        Self {
            prompts,
            options,
            client,
            watch,
            jobs,
            outcomes,
            open: 0,
            failures: 0,
            failed: 0,
            last: String::new(),
            first,
            enough: false,
        }
    }

    /// Asks all jobs; fills `collected` in, also where it fails.
    fn all(
        mut self,
        left: VecDeque<Job>,
        journal: &mut Journal,
        collected: &mut Collected,
    ) -> Result<(), Error> {
        let ended = self.ask(left, journal, collected);
        self.client.stopped.store(true, Ordering::Relaxed);
        let requests = self.client.requests.load(Ordering::Relaxed);
        let most = self.options.connection.patience.requests.unwrap_or(u64::MAX);
        collected.requests = requests.min(most);
        collected.tokens = self.client.tokens.load(Ordering::Relaxed);
        ended
    }

    fn ask(
        &mut self,
        mut left: VecDeque<Job>,
        journal: &mut Journal,
        collected: &mut Collected,
    ) -> Result<(), Error> {
        let asked = left.len();
        self.watch.progress(collected.answers, collected.wanted);
        loop {
            while collected.ended.is_none() && self.open < self.window() {
                let Some(job) = left.pop_front() else { break };
                let prompt = self.prompts.get(job.prompt).map(|prompt| prompt.text.clone());
                let Some(prompt) = prompt else { continue };
                // The threads live as long as the client of this run.
                if self.jobs.send((job, prompt)).is_ok() {
                    self.open += 1;
                }
            }
            if self.open == 0 || self.enough {
                break;
            }
            let Ok((job, outcome)) = self.outcomes.recv() else { break };
            self.open -= 1;
            match outcome {
                Ok(asked) => {
                    self.failures = 0;
                    self.take(job, asked, journal, collected)?;
                }
                Err(Failure::Fatal(error)) => return Err(*error),
                Err(Failure::Spent(why)) => collected.ended = Some(why),
                Err(Failure::Stopped) => {}
                Err(Failure::Prompt(message)) => self.fail(message)?,
            }
        }
        // Fewer answers than show whether there is reasoning.
        self.judge_first(journal, collected)?;
        match self.failed {
            0 => Ok(()),
            missing => Err(Error::Incomplete {
                model: self.options.settings.model.clone(),
                missing,
                asked,
                message: self.last.clone(),
            }),
        }
    }

    /// How many jobs may be with the threads.
    fn window(&self) -> usize {
        let most = self.options.concurrency.max(1);
        match &self.first {
            Some(first) => most.min(FIRST.saturating_sub(first.len())),
            None => most,
        }
    }

    fn fail(&mut self, message: String) -> Result<(), Error> {
        self.failures += 1;
        self.failed += 1;
        self.last = message;
        if self.failures < MOST_FAILURES {
            return Ok(());
        }
        Err(Error::KeepsFailing { failures: self.failures, message: self.last.clone() })
    }

    /// Takes an answer: among the first, or into the file.
    fn take(
        &mut self,
        job: Job,
        asked: Asked,
        journal: &mut Journal,
        collected: &mut Collected,
    ) -> Result<(), Error> {
        let Some(first) = &mut self.first else {
            return self.keep(job, asked, journal, collected);
        };
        first.push((job, asked));
        let is_shown = first.iter().any(|(_, asked)| asked.answer.without.is_none());
        if is_shown || first.len() >= FIRST {
            self.judge_first(journal, collected)?;
        }
        Ok(())
    }

    /// Keeps the first answers where one of them holds reasoning. Else they are not kept: once the
    /// server is set right, they are asked again.
    fn judge_first(
        &mut self,
        journal: &mut Journal,
        collected: &mut Collected,
    ) -> Result<(), Error> {
        let Some(first) = self.first.take().filter(|first| !first.is_empty()) else {
            return Ok(());
        };
        let shown = first.iter().any(|(_, asked)| asked.answer.without.is_none());
        if !shown && let Some((_, asked)) = first.first() {
            let server = match self.client.server {
                Server::Unknown => Server::of_answer(&asked.answer.response),
                known => Some(known),
            };
            return Err(Error::NoReasoning {
                model: self.options.settings.model.clone(),
                answers: first.len(),
                why: asked.answer.without.clone().unwrap_or_default(),
                server: server.unwrap_or(Server::Unknown),
            });
        }
        first.into_iter().try_for_each(|(job, asked)| self.keep(job, asked, journal, collected))
    }

    /// Writes a record.
    fn keep(
        &mut self,
        job: Job,
        asked: Asked,
        journal: &mut Journal,
        collected: &mut Collected,
    ) -> Result<(), Error> {
        let Some(prompt) = self.prompts.get(job.prompt) else { return Ok(()) };
        collected.without_reasoning += usize::from(asked.answer.without.is_some());
        collected.at_limit += usize::from(asked.answer.at_limit);
        let endpoint = self.client.endpoint.to_string();
        let line = record(asked, job.sample, prompt, &self.options.settings, &endpoint);
        journal.add(job.sample, &line)?;
        collected.answers += 1;
        self.watch.progress(collected.answers, collected.wanted);
        if collected.ended.is_none() {
            let ended = self.watch.answered(collected.answers);
            collected.ended = ended.map_err(|error| Error::Watch(WatchError(error)))?;
            self.enough = collected.ended.is_some();
        }
        Ok(())
    }
}
