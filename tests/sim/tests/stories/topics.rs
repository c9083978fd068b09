//! Topics and their logs change under the group.

use std::time::Duration;

use kohort_sim::plan::Act;

use crate::stage::Stage;

#[test]
fn partitions_that_are_added_start_one_round() {
    let mut stage = Stage::group(9, 3);
    let before = stage.generation();
    for _ in 0..3 {
        stage.disturb(&Act::AddPartition {});
    }
    stage.write(7);
    // metadata.max.age.ms is 5 minutes; a leader's error or anything else may show it sooner.
    stage.run(Duration::from_secs(310));
    stage.settle();
    assert_eq!([0, 1, 2].map(|member| stage.owns(member)), [3; 3]);
    stage.read_all();
    assert_eq!(stage.generation(), before + 1);
    assert_eq!(stage.read_again(), 0);
    stage.finish();
}
