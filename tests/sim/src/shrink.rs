//! Fewer faults, same violation: delta debugging over the schedule (Zeller's ddmin).

use crate::plan::{Fault, Plan};

/// The smallest plan found that still `fails`. It is asked at most so often.
const TRIES: usize = 400;

/// Removes faults from a plan as long as it still `fails`.
pub fn shrink(plan: &Plan, mut fails: impl FnMut(&Plan) -> bool) -> Plan {
    let mut tries = 0;
    let mut still_fails = |faults: &[Fault]| {
        tries += 1;
        let candidate = Plan {
            faults: faults.to_vec(),
            ..plan.clone()
        };
        tries <= TRIES && fails(&candidate)
    };
    let mut faults = plan.faults.clone();
    let mut parts = 2;
    while !faults.is_empty() {
        let size = faults.len().div_ceil(parts);
        let without = (0..faults.len()).step_by(size).find_map(|at| {
            let end = (at + size).min(faults.len());
            let rest = [&faults[..at], &faults[end..]].concat();
            still_fails(&rest).then_some(rest)
        });
        match without {
            Some(rest) => {
                faults = rest;
                parts = (parts - 1).max(2);
            }
            None if size == 1 => break,
            None => parts = (parts * 2).min(faults.len()),
        }
    }
    Plan {
        faults,
        ..plan.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_needed_remains() {
        let plan = (0..)
            .map(|seed| Plan::draw(seed, None))
            .find(|plan| plan.faults.len() > 20);
        let plan = plan.unwrap();
        let needed = [plan.faults[3].clone(), plan.faults[17].clone()];
        let small = shrink(&plan, |plan| {
            needed.iter().all(|fault| plan.faults.contains(fault))
        });
        assert_eq!(small.faults, needed);
    }
}
