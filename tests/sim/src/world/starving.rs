//! A runtime that is starved: the application lives, but the machine is not called, or its timers fire late.
//!
//! What the application does meanwhile lies in its slot with the time at which it was done, what arrives lies in the sockets. The driver
//! takes the slot first, then what is due by now, then the sockets.

use std::time::Duration;

use kohort_group::member::Input;
use kohort_protocol::Timestamp;

use super::World;
use super::agent::{Agent, Life};
use crate::history::{Process, What};

/// What the machine of a process has to put up with.
#[derive(Debug, Default)]
pub(super) struct Hunger {
    /// What its application did while it is not called at all.
    slot: Option<Vec<(Timestamp, Input)>>,
    /// Its timers fire late by up to so much.
    late: Duration,
}

impl Agent {
    /// Nothing reaches the machine, but time passes.
    pub(super) fn is_deaf(&self) -> bool {
        self.life == Life::Frozen || self.is_starved()
    }

    pub(super) const fn is_starved(&self) -> bool {
        self.hunger.slot.is_some()
    }

    /// `None`: it has to wait.
    pub(super) fn passes(&mut self, now: Timestamp, input: Input) -> Option<Input> {
        match &mut self.hunger.slot {
            Some(slot) => {
                slot.push((now, input));
                None
            }
            None => Some(input),
        }
    }

    /// When a timer really fires.
    pub(super) fn fires(&mut self, deadline: Option<Timestamp>) -> Option<Timestamp> {
        if self.hunger.late.is_zero() {
            return deadline;
        }
        let most = u64::try_from(self.hunger.late.as_millis()).unwrap_or(0);
        let late = Duration::from_millis(self.rng.u64(..=most));
        deadline.map(|at| at + late)
    }
}

impl World {
    pub(super) fn starve(&mut self, index: usize) {
        self.agents[index].hunger.slot = Some(Vec::new());
        self.see(Some(Process(index)), &What::Frozen(true));
    }

    pub(super) fn feed(&mut self, index: usize) {
        let Some(slot) = self.agents[index].hunger.slot.take() else {
            return;
        };
        if self.agents[index].life != Life::Running {
            return;
        }
        self.see(Some(Process(index)), &What::Frozen(false));
        for (at, input) in slot {
            self.hand_in(index, at, input);
        }
        self.give(index, Input::Tick);
        self.open_mail(index);
    }

    pub(super) fn delay_timers(&mut self, index: usize, late: Duration) {
        if !matches!(self.agents[index].life, Life::Running | Life::Frozen) {
            return;
        }
        self.agents[index].hunger.late = late;
        self.see(Some(Process(index)), &What::Late(late));
        let deadline = self.agents[index].machine.deadline();
        self.rest_until(index, deadline);
    }
}
