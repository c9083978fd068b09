//! A real Apache Kafka for tests.
