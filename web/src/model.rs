//! What the page holds and shows, as plain structs: no framework, natively tested.

pub mod document;
pub mod dry_run;
pub mod history;
pub mod palette;
pub mod picture;
pub mod policy_tests;
pub mod rows;
pub mod samples;
pub mod text_diff;
pub mod traffic;
