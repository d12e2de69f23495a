//! Dry runs.
