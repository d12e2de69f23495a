//! What people paste → what the evaluator takes.

pub mod log;
pub mod policy;
pub mod tools;
