//! Why two languages disagree on a call: a sentence for each cause.

use alloc::format;
use alloc::string::{String, ToString};

use super::Dialect;
use super::compare::Kind;
use crate::policy::Op;
use crate::verdict::Decision;

/// The sentence. `dialect` is the other language, whose decision is `theirs`; `ours` is the policy's.
pub(crate) fn why(dialect: Dialect, kind: Kind, theirs: Decision, ours: Decision) -> String {
    let them = name(dialect);
    if dialect == Dialect::ClaudeCode && kind != Kind::Unlisted {
        return "Claude Code's rules look at no arguments and count no calls.".to_string();
    }
    match kind {
        Kind::Unlisted => match dialect {
            Dialect::ClaudeCode if theirs == Decision::Approval => {
                format!("Claude Code asks a person about a tool that no rule names; a policy allows it or denies it, and this one {}.", does(ours))
            }
            Dialect::ClaudeCode if theirs == Decision::Allow => {
                "In this mode Claude Code allows what no rule names; here it is denied, because a policy is asked in every mode.".to_string()
            }
            _ => format!("{them} {} a tool that is not named; this policy {} it.", does(theirs), does(ours)),
        },
        Kind::Missing(Some(Op::Exists)) | Kind::Null(Some(Op::Exists)) => generic(them, theirs, ours),
        Kind::Null(Some(_)) if dialect == Dialect::Intercept => {
            "Intercept compares null like any other value; here null counts as missing, and a condition on what is missing does not hold.".to_string()
        }
        Kind::OtherType(Some(op)) | Kind::Near(Some(op)) if dialect == Dialect::Intercept => match op {
            Op::Eq | Op::Neq | Op::In | Op::NotIn | Op::Contains => {
                "Intercept compares values of two types by how they print, so that text can equal a number; here it never does.".to_string()
            }
            Op::Lt | Op::Lte | Op::Gt | Op::Gte => {
                "Intercept compares numbers as doubles; here they are compared exactly as written.".to_string()
            }
            _ => generic(them, theirs, ours),
        },
        Kind::Cost if dialect == Dialect::Intercept => {
            "Intercept cuts what a call costs to a whole number, and one below zero gives room back; here it counts exactly as written, and below zero is denied.".to_string()
        }
        Kind::Edge => match dialect {
            Dialect::CatalogueWords | Dialect::CatalogueYaml => {
                "Counted back from the last call, these are more than the limit in so many seconds; a policy's windows begin with the clock's minute, hour or day. An evaluator that is told to slide its windows denies it too.".to_string()
            }
            _ => generic(them, theirs, ours),
        },
        Kind::OtherSession => {
            "There each session is counted for itself; here the sessions of a grant are counted together, which allows less.".to_string()
        }
        Kind::OtherGrant => match dialect {
            Dialect::Intercept => "Intercept has one counter for all who call; this policy counts each grant for itself.".to_string(),
            _ => "There all who call are counted together; here each grant is counted for itself.".to_string(),
        },
        Kind::NextWindow | Kind::OneMore | Kind::OtherTool if dialect != Dialect::ClaudeCode => {
            format!("The two count differently: where {them} {} this call, the policy {} it.", does(theirs), does(ours))
        }
        Kind::OneMore | Kind::NextWindow | Kind::OtherTool | Kind::Cost => {
            format!("{them} counts no calls: what is allowed once is allowed always.")
        }
        Kind::Missing(_) | Kind::Null(_) | Kind::OtherType(_) | Kind::Near(_)
            if matches!(dialect, Dialect::ClaudeCode | Dialect::AllowedTools) =>
        {
            format!("{them} does not look at the arguments of a server's tools.")
        }
        _ => generic(them, theirs, ours),
    }
}

fn generic(them: &str, theirs: Decision, ours: Decision) -> String {
    format!("{them} {} this call; the policy {} it.", does(theirs), does(ours))
}

/// What the language is called.
pub(crate) const fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::CatalogueWords | Dialect::CatalogueYaml => "The catalogue",
        Dialect::Intercept => "Intercept",
        Dialect::ClaudeCode => "Claude Code",
        Dialect::AllowedTools => "The list",
    }
}

const fn does(decision: Decision) -> &'static str {
    match decision {
        Decision::Allow => "allows",
        Decision::Deny => "denies",
        Decision::Approval => "asks a person about",
        Decision::Unknown => "does not decide",
    }
}
