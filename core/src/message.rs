//! stub
use crate::bounds::Bounds;
use crate::path::PathTree;
use crate::value::Argument;
use serde::Serialize;
/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Malformed {
    /// x
    Syntax,
}
impl core::fmt::Display for Malformed {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        out.write_str("x")
    }
}
pub(crate) fn read_arguments<'m>(
    _text: &'m str,
    _tree: &PathTree,
    _bounds: &Bounds,
    _fill: &mut impl FnMut(usize, Argument<'m>),
) -> Result<(), Malformed> {
    Err(Malformed::Syntax)
}
