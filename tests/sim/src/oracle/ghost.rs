//! Ghost state: what every invariant needs to know of the processes, the group and the logs, kept from the history alone.

use kohort_protocol::{Generation, Timestamp};

use super::logs::Logs;
use super::process::{Life, ProcessGhost};
use super::watch::Watch;
use crate::history::{Process, What};

/// See the head of this file.
#[derive(Debug, Default)]
pub struct Ghost {
    /// By process.
    pub processes: Vec<ProcessGhost>,
    /// Since when nothing has gone wrong on purpose.
    pub calm: Option<Timestamp>,
    /// When the group was stable first after that.
    pub stable: Option<Timestamp>,
    /// What happened to the logs.
    pub logs: Logs,
    /// How many generations the group went through.
    pub rebalances: u64,
    /// Until when the application of each may stay away.
    patience: Watch<Process>,
    generation: Option<Generation>,
}

impl Ghost {
    /// What is known of a process.
    #[must_use]
    pub fn of(&self, process: Process) -> &ProcessGhost {
        &self.processes[process.0]
    }

    /// All of them, with their names.
    pub fn all(&self) -> impl Iterator<Item = (Process, &ProcessGhost)> {
        self.processes
            .iter()
            .enumerate()
            .map(|(index, ghost)| (Process(index), ghost))
    }

    /// Those who are up, and whose applications have been away for too long, so that their machines have had the time to notice.
    pub fn overdue(&self, now: Timestamp) -> impl Iterator<Item = (Process, &ProcessGhost)> {
        let late = self.patience.late(now);
        late.map(|(process, _)| (process, self.of(process)))
    }

    /// For messages.
    #[must_use]
    pub fn who_owns_what(&self) -> String {
        let lives = |ghost: &ProcessGhost| matches!(ghost.life, Life::Running | Life::Frozen);
        let living = self.all().filter(|(_, ghost)| lives(ghost));
        let texts = living.map(|(process, ghost)| {
            let owned: Vec<String> = ghost.owned.keys().map(ToString::to_string).collect();
            let session = if ghost.in_session {
                ""
            } else {
                ", not in the group"
            };
            format!(
                "process {} ({:?}, generation {}{session}): {}",
                process.0,
                ghost.member_id,
                ghost.generation,
                owned.join(" ")
            )
        });
        texts.collect::<Vec<_>>().join("; ")
    }

    pub(crate) fn see(&mut self, now: Timestamp, process: Option<Process>, what: &What<'_>) {
        match (process, what) {
            (
                _,
                What::Started {
                    member,
                    config,
                    commits,
                },
            ) => self
                .processes
                .push(ProcessGhost::new(now, *member, config, *commits)),
            (Some(process), what) => {
                let ghost = &mut self.processes[process.0];
                ghost.see(now, what);
                self.patience.set_or_remove(process, ghost.patience_ends());
            }
            (None, What::Calm) => self.calm = Some(now),
            (None, What::LogChanged { .. } | What::Created { .. } | What::Arrived { .. }) => {
                self.logs.see(now, what);
            }
            (None, What::Stable) => self.stable = Some(now),
            (None, What::Group(Some((_, generation)))) if self.generation != Some(*generation) => {
                self.generation = Some(*generation);
                self.rebalances += 1;
            }
            (None, _) => {}
        }
    }
}
