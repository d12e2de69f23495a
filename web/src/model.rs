//! What the page holds and shows, as plain structs: no framework, natively tested.

pub mod arguments;
pub mod compare;
pub mod completion;
pub mod document;
pub mod drafts;
pub mod dry_run;
pub mod findings;
pub mod history;
pub mod inventory;
pub mod palette;
pub mod picture;
pub mod policy_tests;
pub mod refusal;
pub mod rows;
pub mod rules;
pub mod samples;
pub mod share;
pub mod splice;
pub mod templates;
pub mod text_diff;
pub mod traffic;
pub mod view;
pub mod workspace;
