//! A broker and the parts of a consumer's process in runtimes of their own, all on this thread: their paused clocks go together in small
//! steps, and any of them can be starved, which then finds its messages and its deadlines all at once (C05, C07).

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;

const STEP: Duration = Duration::from_millis(20);
/// How often each looks at its sockets within a step.
const TURNS: usize = 6;

/// Who has a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The broker, and whoever else is on the other side: producers, other members.
    World,
    /// The client's connections.
    Links,
    /// The member's task.
    Driver,
    App,
}

/// All of the consumer's own.
pub(crate) const PROCESS: [Part; 3] = [Part::Links, Part::Driver, Part::App];

pub(crate) struct Clocks {
    parts: Vec<(Part, Option<Runtime>, Duration)>,
    starved: Vec<Part>,
}

impl Clocks {
    pub(crate) fn new() -> Self {
        let runtime = || {
            let mut builder = Builder::new_current_thread();
            builder.enable_all().start_paused(true).build().unwrap()
        };
        let parts = [Part::World, Part::Links, Part::Driver, Part::App];
        Self {
            parts: parts.map(|part| (part, Some(runtime()), Duration::ZERO)).into(),
            starved: Vec::new(),
        }
    }

    pub(crate) fn runtime(&self, part: Part) -> &Runtime {
        let found = self.parts.iter().find(|(one, ..)| *one == part);
        found.unwrap().1.as_ref().unwrap()
    }

    /// From here on nothing of this part runs any more.
    pub(crate) fn end(&mut self, part: Part) {
        let found = self.parts.iter_mut().find(|(one, ..)| *one == part);
        drop(found.unwrap().1.take());
    }

    fn step(&mut self) {
        for (part, runtime, owed) in &mut self.parts {
            *owed += STEP;
            if let Some(runtime) = runtime
                && !self.starved.contains(part)
            {
                let jump = core::mem::take(owed);
                runtime.block_on(async {
                    tokio::time::advance(jump).await;
                    for _ in 0..TURNS {
                        yield_now().await;
                    }
                });
            }
        }
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        for _ in 0..time.as_millis().div_ceil(STEP.as_millis()) {
            self.step();
        }
    }

    /// Time passes, but these are not polled. They notice at the next step.
    pub(crate) fn starve(&mut self, parts: &[Part], time: Duration) {
        self.starved = parts.to_vec();
        self.pass(time);
        self.starved.clear();
    }

    /// Lets time pass until this is done.
    pub(crate) fn join<T>(&mut self, task: tokio::task::JoinHandle<T>, limit: Duration) -> T {
        let mut left = limit;
        while !task.is_finished() {
            assert!(!left.is_zero(), "it hangs");
            self.step();
            left = left.saturating_sub(STEP);
        }
        let here = Builder::new_current_thread().build().unwrap();
        here.block_on(task).unwrap()
    }

    /// Runs a future in one part while time passes for all.
    pub(crate) fn run<F>(&mut self, part: Part, limit: Duration, future: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let task = self.runtime(part).spawn(future);
        self.join(task, limit)
    }
}
