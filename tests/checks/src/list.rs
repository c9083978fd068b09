//! The list of all checks: ids, titles, and the cluster each needs.

use crate::classic::{commit, expiry, facts, heartbeat, join, leave, limits, parked, static_member, sync};
use crate::{Check, Profile, When, conn, coordinator, offsets, offsets_gone, restart};

macro_rules! checks {
    ($($profile:ident $when:ident { $($id:literal $title:literal => $($script:ident)::+;)* })*) => {
        /// All checks.
        pub const CHECKS: &[Check] = &[$($(
            Check {
                id: $id,
                title: $title,
                profile: Profile::$profile,
                when: When::$when,
                script: |bench| Box::pin($($script)::+(bench)),
            },
        )*)*];
    };
}

checks! {
    One Together {
        "conn/1" "a request cut at any byte is answered alike" => conn::cut_anywhere;
        "conn/2" "sizes that cannot be and unreadable headers: closed" => conn::bad_sizes;
        "conn/3" "20 pipelined requests are answered in order" => conn::pipelined;
        "conn/3.2" "nothing is read behind a parked JoinGroup" => conn::behind_a_parked_join;
        "conn/4" "unknown keys, versions and cut bodies: closed; more bytes: ignored" => conn::unknown_requests;
        "conn/5" "ApiVersions too new: 35 in v0, its own range only" => conn::api_versions_too_new;
        "conn/5.2" "ApiVersions of badly named software: 42" => conn::software_names;
        "conn/6" "group APIs are listed by release and answer 35 with the feature off" => conn::features;
        "conn/7" "FindCoordinator of several keys" => coordinator::batch_of_keys;
        "classic/1.1" "a dynamic member joins in two steps" => join::two_steps;
        "classic/1.1.2" "before JoinGroup v4: in one" => join::one_step_before_v4;
        "classic/1.2" "a static member joins in one step, whatever its name" => join::static_members;
        "classic/1.3" "unknown member ids: 25, with an instance in use 82" => join::unknown_ids;
        "classic/1.4" "session timeouts outside the limits: 26" => join::session_timeouts;
        "classic/1.5" "another type, or no common protocol: 23" => join::protocols;
        "classic/1.6" "the empty group id, per API" => join::empty_group_id;
        "classic/1.7" "the leader sees all, the protocol has most votes" => join::leaders_view;
        "classic/1.9" "a promised id holds up a rejoin until its session ends" => limits::pending_ids;
        "classic/2.1" "the leader's bytes reach each follower unchanged" => sync::bytes_unchanged;
        "classic/2.1.2" "an empty list makes the group stable" => sync::empty_list;
        "classic/2.2" "SyncGroup of another generation or member" => sync::refused;
        "classic/2.3" "SyncGroup while preparing, and the order of checks" => sync::while_preparing;
        "classic/2.4" "SyncGroup with a wrong protocol name or type: 23" => sync::wrong_protocol;
        "classic/3.1" "heartbeats in each state" => heartbeat::states;
        "classic/3.5" "a silent member goes after its session" => expiry::session;
        "classic/3.5.2" "what keeps a session alive" => expiry::refreshed;
        "classic/3.5.3" "sessions while the group rebalances" => expiry::while_rebalancing;
        "classic/3.6" "a round waits for the largest rebalance timeout" => expiry::rebalance_timeout;
        "classic/3.6.2" "a leader that stays away loses the lead" => expiry::absent_leader;
        "classic/3.6.3" "who does not sync in time is dropped" => expiry::sync_timeout;
        "classic/3.6.4" "a silent member ends the wait with its session" => expiry::silent_member;
        "classic/4.1" "LeaveGroup of several, each with its own error" => leave::batch;
        "classic/4.1.2" "LeaveGroup of an unknown group" => leave::unknown_group;
        "classic/4.2" "LeaveGroup by instance id" => leave::by_instance;
        "classic/4.3" "leaving frees a parked join" => leave::frees_a_parked_join;
        "classic/5.1" "a static follower returns without a round" => static_member::follower_returns;
        "classic/5.1.2" "a static leader returns without a round" => static_member::leader_returns;
        "classic/5.1.3" "a static member returns before the sync" => static_member::returns_before_sync;
        "classic/5.2" "the old id of an instance is fenced" => static_member::old_id_is_fenced;
        "classic/5.2.2" "after expiry the instance starts anew" => static_member::after_expiry;
        "classic/5.3" "of two joins of one instance the last survives" => static_member::duplicates;
        "classic/5.3.2" "a restart meets its own parked join" => static_member::restart_meets_parked_join;
        "classic/6.1" "commits by generation and state" => commit::generations;
        "classic/6.4" "commits from outside of a live group" => commit::from_outside;
        "classic/6.5" "commits to empty and unknown groups" => commit::empty_groups;
        "off/1" "metadata of more than 4096 UTF-16 units: 12" => offsets::metadata_size;
        "off/3" "OffsetDelete spares subscribed topics" => offsets_gone::delete_offsets;
        "off/3.2" "OffsetDelete refused as a whole" => offsets_gone::delete_offsets_refused;
        "off/4" "OffsetFetch of several groups" => offsets::batch_of_groups;
        "off/6" "offsets of an unknown group: -1 and no error" => offsets::unknown_group;
        "off/7" "from v10 a topic is its id, in what is asked and in the answer" => offsets::by_id;
        "fact/commit-values" "any offset is stored, the last counts" => offsets::commit_values;
        "fact/fetch-ignores-members" "a classic group's offsets are for everybody" => offsets::fetch_ignores_members;
        "fact/replaced-join" "a second JoinGroup replaces the parked one" => parked::replaced_join;
        "fact/replaced-sync" "a second SyncGroup replaces the parked one" => parked::replaced_sync;
        "fact/closed-join" "who hangs up with a parked join has joined" => parked::closed_join;
        "fact/closed-first-join" "also a newcomer, until its session ends" => parked::closed_first_join;
        "fact/closed-stable" "a stable member needs no connection" => parked::closed_stable;
        "fact/rejoin-stable" "who starts a round by rejoining" => facts::rejoin_in_stable;
        "fact/rejoin-completing" "the same, before the sync" => facts::rejoin_in_completing;
        "fact/newcomer" "what members see of a newcomer" => facts::newcomer;
        "fact/generation" "generations go on after the group was empty" => facts::generation_goes_on;
        "fact/unknown-group" "what is said of an unknown group" => facts::unknown_group;
        "fact/delete-groups" "DeleteGroups" => facts::delete_groups;
    }
    One Alone {
        "fact/restart" "what a restarted broker knows of its groups" => restart::groups_come_back;
        "fact/restart-static" "a static id that no round was synced with is fenced by the one before it" => restart::unsynced_static_id;
    }
    Small Together {
        "conn/6.2" "the same with group.version at 0" => conn::features;
        "classic/1.8" "a full group: 81" => limits::full_when_stable;
        "classic/1.8.2" "a full group that rebalances: 79, then 81" => limits::full_when_rebalancing;
        "classic/1.8.3" "a new group: ids without limit" => limits::full_when_new;
        "fact/initial-delay" "a new group waits for more members" => limits::initial_delay;
    }
    Expiring Slow {
        "off/5" "offsets expire" => offsets_gone::expiry;
        "off/5.2" "OffsetCommit v2-v4 bring their own retention" => offsets_gone::own_retention;
        "fact/forgotten-id" "a promised id goes with its empty group" => offsets_gone::forgotten_id;
    }
    Three Together {
        "conn/8" "all nodes name the same coordinator" => coordinator::same_from_all_nodes;
        "off/4.2" "groups of other nodes: 16 each" => coordinator::batch_across_nodes;
        "fact/wrong-node" "how each API says 16" => coordinator::wrong_node;
    }
    Three Alone {
        "off/2" "offsets and members move with the coordinator" => coordinator::coordinator_moves;
        "fact/parked-at-move" "a parked join at the old coordinator: 16" => coordinator::parked_join_at_move;
    }
    Untouched Alone {
        "fact/fresh-cluster" "a fresh cluster says 15, then 16, then 14" => coordinator::fresh_cluster;
    }
}
