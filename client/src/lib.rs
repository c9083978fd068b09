//! Wire client.
