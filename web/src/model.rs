//! What the page holds and shows, as plain structs: no framework, natively tested.

pub mod document;
pub mod drafts;
pub mod dry_run;
pub mod history;
pub mod picture;
pub mod refusal;
pub mod rows;
pub mod samples;
pub mod share;
pub mod traffic;
