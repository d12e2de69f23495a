//! Small parts: props in, callbacks out. They know neither the store nor the evaluator.

pub mod choice;
pub mod diff_view;
pub mod draft_field;
pub mod item_list;
pub mod lane_chart;
pub mod mark;
pub mod modal;
pub mod number_field;
pub mod parts;
pub mod prose;
pub mod row_list;
pub mod scrubber;
pub mod state_radios;

pub use choice::choice;
pub use diff_view::{diff_view, noted_diff_view};
pub use draft_field::{Check, Draft, FieldKind, Tried, any_text, draft_field, tried_field};
pub use item_list::item_list;
pub use lane_chart::{LaneDeeds, LaneSights, LaneStep, Spot, lane_chart};
pub use mark::DecisionMark;
pub use modal::Modal;
pub use number_field::NumberField;
pub use parts::Parts;
pub use prose::{prose, quoting};
pub use row_list::RowList;
pub use scrubber::{Move, Scrubber};
pub use state_radios::{StateChoice, state_radios};
