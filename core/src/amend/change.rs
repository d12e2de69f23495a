//! The edits of one change, collected for one text.

use super::{
    AmendError, Edit, EditError, Holdings, Member, Node, Pointer, Source, String, ToString, ToolState,
    ToolStates, Vec, get, is_always, items, members, quoted,
};
use crate::policy::DefaultDecision;
use crate::source::EditProblem;

/// A rule that always holds, spelled in four ways, by what was made to hold it. Somebody's own rule may be spelled like
/// one of them: what then goes or stays with it says nothing.
const ALWAYS: [&str; 4] = [
    // Only the rule, put into a list that stood there.
    r#"{"conditions":[]}"#,
    // Its list.
    r#"{ "conditions": [] }"#,
    // And what the list is in.
    r#"{"conditions": []}"#,
    // And what that is in.
    r#"{ "conditions":[] }"#,
];
const WITH_LIST: usize = 1;
const WITH_TOOL: usize = 2;
const WITH_TOOLS: usize = 3;

/// The fields of a tool that hold something against its calls.
const FIELDS: [&str; 4] = ["require", "deny_if", "require_approval", "limits"];
/// Those of them that are rules and cannot stand beside a tool's mere approval.
const STRICT: [&str; 2] = ["require", "deny_if"];

pub(super) struct Change<'s> {
    source: &'s Source,
    states: &'s ToolStates<'s>,
    root: &'s [Member],
    edits: Vec<Edit>,
    /// Names to put into `hide`.
    hide: Vec<&'s str>,
    /// Numbers of the names to take out of it.
    unhide: Vec<usize>,
    /// Tools to list, and what with.
    list: Vec<(String, String)>,
    /// Numbers of the tools that are to be listed no more.
    unlist: Vec<usize>,
    /// Whether `tools` was made for one of those.
    made_tools: bool,
    /// Whether a field of the document comes or goes.
    at_root: bool,
}

impl<'s> Change<'s> {
    pub(super) fn new(source: &'s Source, states: &'s ToolStates<'s>) -> Self {
        let root = members(source.root());
        Self {
            source,
            states,
            root,
            edits: Vec::new(),
            hide: Vec::new(),
            unhide: Vec::new(),
            list: Vec::new(),
            unlist: Vec::new(),
            made_tools: false,
            at_root: false,
        }
    }

    pub(super) fn set_tool(&mut self, tool: &'s str, state: ToolState) -> Result<(), AmendError> {
        if state == ToolState::Hide {
            if self.states.of_tool(tool) != ToolState::Hide {
                self.hide.push(tool);
            }
            return Ok(());
        }
        if self.states.hides_all {
            return Err(AmendError::EveryToolHidden);
        }
        self.unhide(tool);
        if self.states.beneath(tool) == state {
            return Ok(());
        }
        let place = Pointer::root().key("tools").key(tool);
        match (self.states.holdings(tool), state) {
            (Some(own), _) => self.set_own(&place, own, state),
            (None, ToolState::Custom) => Err(AmendError::NothingOfItsOwn),
            (None, _) => {
                let depth = if get(self.root, "tools").is_some() { WITH_TOOL } else { WITH_TOOLS };
                let own = match state {
                    ToolState::Deny => listing("deny_if", depth),
                    ToolState::Approval => listing("require_approval", depth),
                    _ => "{}".to_string(),
                };
                self.list.push((tool.to_string(), own));
                Ok(())
            }
        }
    }

    pub(super) fn set_all_tools(&mut self, state: ToolState) -> Result<(), AmendError> {
        if state == ToolState::Hide {
            if !self.states.hides_all {
                self.hide.push("*");
            }
            return Ok(());
        }
        self.unhide("*");
        let own = self.states.all_tools;
        if own.state() == state {
            return Ok(());
        }
        let place = Pointer::root().key("all_tools");
        if get(self.root, "all_tools").is_some() {
            return self.set_own(&place, own, state);
        }
        let field = match state {
            ToolState::Deny => "deny_if",
            ToolState::Approval => "require_approval",
            _ => return Err(AmendError::NothingOfItsOwn),
        };
        self.at_root = true;
        self.set(&place, &listing(field, WITH_TOOL))
    }

    /// All of it as one list, in the order of the text.
    pub(super) fn edits(mut self) -> Result<Vec<Edit>, AmendError> {
        self.change_list()?;
        self.change_hide()?;
        Ok(self.source.together(self.edits)?)
    }

    fn set(&mut self, place: &Pointer, json: &str) -> Result<(), AmendError> {
        self.edits.extend(self.source.set(place, json)?);
        Ok(())
    }

    fn unhide(&mut self, name: &str) {
        let hide = get(self.root, "hide").map_or(&[][..], items);
        if self.states.is_hidden(name) {
            let named = |(_, item): &(usize, &Node)| super::text(item) == Some(name);
            self.unhide.extend(hide.iter().enumerate().filter(named).map(|(number, _)| number));
        }
    }

    /// Changes what stands under a tool, or under `all_tools`.
    fn set_own(&mut self, place: &Pointer, own: Holdings, state: ToolState) -> Result<(), AmendError> {
        let Some(node) = self.source.find(place) else { return Ok(()) };
        if own.is_odd {
            let problem = EditProblem::WrongType { found: node.value.type_name(), wanted: "an object" };
            return Err(EditError { pointer: place.clone(), problem }.into());
        }
        if state == ToolState::Deny {
            return self.add_always(place, node, "deny_if");
        }
        // What was added last may be all that is in the way.
        let peeled = own.without_denial();
        if own.always_deny > 0 && peeled.state() == state {
            return self.drop_always(place, node, &["deny_if"]);
        }
        if own.always_deny == 0 && own.without_asking().state() == state {
            return self.drop_always(place, node, &["require_approval"]);
        }
        match state {
            ToolState::Approval => self.only_ask(place, node, own),
            ToolState::Custom if peeled.without_asking().state() == ToolState::Custom => {
                self.drop_always(place, node, &["deny_if", "require_approval"])
            }
            ToolState::Custom => Err(AmendError::NothingOfItsOwn),
            _ => self.remove_fields(place, node, &FIELDS),
        }
    }

    /// Adds a rule that always holds at the end of a list, which is made where there is none.
    fn add_always(&mut self, place: &Pointer, node: &Node, field: &str) -> Result<(), AmendError> {
        let list = place.key(field);
        let [alone, with_list, ..] = ALWAYS;
        match get(members(node), field) {
            None => self.set(&list, &alloc::format!("[{with_list}]")),
            Some(there) => {
                self.edits.extend(self.source.insert_item(&list, items(there).len(), alone)?);
                Ok(())
            }
        }
    }

    /// Takes the rules that always hold out of some lists, and what was made to hold them.
    fn drop_always(&mut self, place: &Pointer, node: &Node, fields: &[&str]) -> Result<(), AmendError> {
        let mut empty = Vec::new();
        for (number, member) in members(node).iter().enumerate() {
            if !fields.contains(&member.key.as_str()) {
                continue;
            }
            let rules = items(&member.node).iter().enumerate();
            let always: Vec<usize> =
                rules.filter(|(_, rule)| is_always(rule)).map(|(index, _)| index).collect();
            let depth = self.depth(items(&member.node));
            if always.is_empty() {
                continue;
            }
            if always.len() < items(&member.node).len() || depth < WITH_LIST {
                self.edits.extend(self.source.remove_several(&place.key(&member.key), &always)?);
            } else if depth >= WITH_TOOL && members(node).len() == 1 && self.may_go(place) {
                return self.remove_holder(place, node, depth);
            } else {
                empty.push(number);
            }
        }
        if !empty.is_empty() {
            self.edits.extend(self.source.remove_several(place, &empty)?);
        }
        Ok(())
    }

    /// How much was made to hold the only rule of a list.
    fn depth(&self, rules: &[Node]) -> usize {
        let [only] = rules else { return WITH_LIST };
        let spelling = self.source.text().get(only.range.clone()).unwrap_or("");
        ALWAYS.iter().position(|made| *made == spelling).unwrap_or(WITH_LIST)
    }

    /// Whether it says nothing when it is gone. Under default deny a tool that is listed no more is denied.
    fn may_go(&self, place: &Pointer) -> bool {
        place.tokens().count() == 1 || self.states.default == DefaultDecision::Allow
    }

    /// Removes a tool, or `all_tools`.
    fn remove_holder(&mut self, place: &Pointer, node: &Node, depth: usize) -> Result<(), AmendError> {
        // That its key is there twice is found out by the edit of it alone.
        let edits = self.source.remove(place)?;
        if place.tokens().count() == 1 {
            self.at_root = true;
            self.edits.extend(edits);
            return Ok(());
        }
        self.made_tools |= depth == WITH_TOOLS;
        let tools = get(self.root, "tools").map_or(&[][..], members);
        self.unlist.extend(tools.iter().position(|member| member.node.range == node.range));
        Ok(())
    }

    /// Leaves a tool that waits for approval of every call, and its limits.
    fn only_ask(&mut self, place: &Pointer, node: &Node, own: Holdings) -> Result<(), AmendError> {
        let there = get(members(node), "require_approval");
        let strict = members(node)
            .iter()
            .find(|member| STRICT.contains(&member.key.as_str()) && !items(&member.node).is_empty());
        if let (None, Some(strict)) = (there, strict) {
            // One of the lists that go becomes the one that is wanted, so that nothing else moves.
            let old = place.key(&strict.key);
            self.edits.extend(self.source.rename(&old, "require_approval")?);
            let [_, with_list, ..] = ALWAYS;
            self.set(&old, &alloc::format!("[{with_list}]"))?;
            let others = STRICT.into_iter().filter(|field| *field != strict.key);
            return self.remove_fields(place, node, &others.collect::<Vec<_>>());
        }
        if own.always_ask == 0 {
            self.add_always(place, node, "require_approval")?;
        }
        self.remove_fields(place, node, &STRICT)
    }

    /// Removes those of the fields that hold anything.
    fn remove_fields(&mut self, place: &Pointer, node: &Node, fields: &[&str]) -> Result<(), AmendError> {
        let is_meant = |(_, member): &(usize, &Member)| {
            fields.contains(&member.key.as_str()) && !items(&member.node).is_empty()
        };
        let numbers: Vec<usize> =
            members(node).iter().enumerate().filter(is_meant).map(|(number, _)| number).collect();
        if !numbers.is_empty() {
            self.edits.extend(self.source.remove_several(place, &numbers)?);
        }
        Ok(())
    }

    fn change_hide(&mut self) -> Result<(), EditError> {
        let place = Pointer::root().key("hide");
        if !self.hide.is_empty() {
            let names: Vec<String> = self.hide.iter().map(|name| quoted(name)).collect();
            self.edits.extend(match get(self.root, "hide") {
                Some(_) => self.source.append_items(&place, &names)?,
                None => self.new_member("hide", &alloc::format!("[{}]", names.join(", ")))?,
            });
        }
        let Some(there) = get(self.root, "hide").filter(|_| !self.unhide.is_empty()) else { return Ok(()) };
        let names = items(there);
        // Written like this it was made here, or says as much.
        let bare: usize = names.iter().map(|name| name.range.len() + 2).sum();
        let goes = names.len() == self.unhide.len() && there.range.len() == bare && !self.at_root;
        self.edits.extend(if goes {
            self.source.remove(&place)?
        } else {
            self.source.remove_several(&place, &self.unhide)?
        });
        Ok(())
    }

    /// A new field of the document, before those that are longer than it.
    fn new_member(&self, name: &str, json: &str) -> Result<Vec<Edit>, EditError> {
        let is_longer = |member: &Member| member.key == "all_tools" || member.key == "tools";
        let index = self.root.iter().position(is_longer).unwrap_or(self.root.len());
        self.source.insert_member(&Pointer::root(), index, name, json)
    }

    fn change_list(&mut self) -> Result<(), EditError> {
        let place = Pointer::root().key("tools");
        let there = get(self.root, "tools");
        self.at_root |= there.is_none() && !self.list.is_empty();
        match (there, self.list.as_slice()) {
            (_, []) => {}
            (Some(_), list) => self.edits.extend(self.source.append_members(&place, list)?),
            (None, [(name, own)]) => self.edits.extend(self.source.set(&place.key(name), own)?),
            (None, list) => {
                let lines = list.iter().map(|(name, own)| alloc::format!("  {}: {own}", quoted(name)));
                let lines = lines.collect::<Vec<_>>().join(",\n");
                self.edits.extend(self.source.set(&place, &alloc::format!("{{\n{lines}\n}}"))?);
            }
        }
        if self.made_tools && there.is_some_and(|tools| members(tools).len() == self.unlist.len()) {
            self.at_root = true;
            self.edits.extend(self.source.remove(&place)?);
        } else if !self.unlist.is_empty() {
            self.edits.extend(self.source.remove_several(&place, &self.unlist)?);
        }
        Ok(())
    }
}

/// A tool that is listed with one rule that always holds.
fn listing(field: &str, depth: usize) -> String {
    let rule = ALWAYS.get(depth).copied().unwrap_or_default();
    alloc::format!("{{\"{field}\": [{rule}]}}")
}
