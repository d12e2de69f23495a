//! The answer to `tools/list`, as far as it matters to who leaves tools out of it.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use super::part::{Member, Part};
use super::text::is_twin;
use super::{Malformed, outline};
use crate::bounds::Bounds;

/// What stands where in an answer to `tools/list`. All places are bytes of the line.
pub(crate) struct ToolList<'m> {
    /// The lists of tools. A result has one; where its key is there twice, all that it may stand for.
    pub(crate) lists: Vec<Vec<ListedTool<'m>>>,
    /// Who may keep the answer: the values of `cacheScope`.
    pub(crate) cache_scopes: Vec<(Range<usize>, &'m str)>,
}

/// One tool of a list.
pub(crate) struct ListedTool<'m> {
    pub(crate) range: Range<usize>,
    /// Its name; where the key is there twice, all that it may be called. None that cannot be read.
    pub(crate) names: Vec<Cow<'m, str>>,
}

/// Reads an answer to `tools/list`. Another message has no lists.
///
/// A list that some reader may find where this one does not is refused: one under `Tools`, or one within the list.
pub(crate) fn read_tool_list<'m>(line: &'m [u8], bounds: &Bounds) -> Result<ToolList<'m>, Malformed> {
    let message = outline(line, bounds)?;
    let members = message.result.unwrap_or_default().members();
    must_have_no_twin(&members, "tools")?;
    let of_key = |name| members.iter().filter(move |member| member.is(name)).map(|member| member.value);
    Ok(ToolList {
        lists: of_key("tools").map(read_list).collect::<Result<_, _>>()?,
        cache_scopes: of_key("cacheScope").map(|scope| (scope.range(), scope.text)).collect(),
    })
}

fn read_list(list: Part<'_>) -> Result<Vec<ListedTool<'_>>, Malformed> {
    if !list.text.starts_with('[') {
        return Err(Malformed::ToolsNotAList);
    }
    let tools = list.items().into_iter().map(|tool| {
        if !tool.text.starts_with('{') {
            return Err(Malformed::ToolsNotAList);
        }
        let members = tool.members();
        must_have_no_twin(&members, "name")?;
        let names = members.iter().filter(|member| member.is("name"));
        Ok(ListedTool { range: tool.range(), names: names.filter_map(|name| name.value.said()).collect() })
    });
    tools.collect()
}

fn must_have_no_twin(members: &[Member<'_>], name: &str) -> Result<(), Malformed> {
    let has_twin = members.iter().any(|member| member.key().is_some_and(|key| is_twin(&key, name)));
    if has_twin { Err(Malformed::TwinKey) } else { Ok(()) }
}
