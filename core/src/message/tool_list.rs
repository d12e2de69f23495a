//! The answer to `tools/list`, as far as it matters to who leaves tools out of it.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::ops::Range;

use super::{Malformed, read_message};
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
pub(crate) fn read_tool_list<'m>(line: &'m [u8], bounds: &Bounds) -> Result<ToolList<'m>, Malformed> {
    let message = read_message(line, bounds, &mut |_, scanner| scanner.skip())?;
    let members = message.result.unwrap_or_default().members();
    let of_key = |name| members.iter().filter(move |member| member.is(name)).map(|member| member.value);
    let lists = of_key("tools").map(|list| {
        let tools = list.items().into_iter().map(|tool| {
            let members = tool.members();
            let names = members.iter().filter(|member| member.is("name"));
            ListedTool { range: tool.range(), names: names.filter_map(|name| name.value.said()).collect() }
        });
        tools.collect()
    });
    Ok(ToolList {
        lists: lists.collect(),
        cache_scopes: of_key("cacheScope").map(|scope| (scope.range(), scope.text)).collect(),
    })
}
