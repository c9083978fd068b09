//! A delivery begins one record too late: an off-by-one in the position. S08 sees it from the second delivery of a period on.

use kohort_group::member::Output;

use super::{At, Bug};

#[derive(Default)]
pub(super) struct FirstRecordSkipped {
    deliveries: u64,
}

impl Bug for FirstRecordSkipped {
    fn member_output(&mut self, _: At, mut output: Output) -> Vec<Output> {
        if let Output::Deliver { from, .. } = &mut output {
            self.deliveries += 1;
            if self.deliveries.is_multiple_of(10) {
                *from += 1;
            }
        }
        vec![output]
    }
}
