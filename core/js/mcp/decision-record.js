// What is told of each decision and each end of a call, to whoever keeps a log.
//
// A decision is told before the call goes on, and where it cannot be, the call must not: that alone throws.

/**
 * @param {{
 *   record: (entry: import("../mcp.d.ts").DecisionEntry | import("../mcp.d.ts").OutcomeEntry) => void,
 *   caller: { grant?: string, session?: string }, dryRun: boolean, warn: (problem: string) => void,
 * }} options
 */
export function decisionRecord({ record, caller, dryRun, warn }) {
  const who = { grant: caller.grant, session: caller.session };
  const how = dryRun ? { dry_run: true } : {};

  function note(entry) {
    try {
      record(entry);
    } catch (error) {
      warn(`the decision log cannot be written: ${error.message}`);
    }
  }

  return {
    /** Throws where it cannot be recorded. A retry that is decided as before is the same decision. */
    decided({ call, tool, args, verdict, before, approved, answered }) {
      const { at, reason, rule, malformed, retry_at } = verdict;
      // Who was asked has not approved.
      const decision = verdict.decision === "approval" && answered ? "deny" : verdict.decision;
      if (before?.decision === decision) return;
      const yes = approved ? { approved } : {};
      record({ at, call, tool, ...who, arguments: args, decision, reason, rule, malformed, retry_at, ...yes, ...how });
    },

    /** A message that is no call anybody could judge. */
    refused(call, malformed, at = Date.now()) {
      note({ at, call, ...who, decision: "deny", reason: "malformed", malformed, ...how });
    },

    ended(call, outcome) {
      note({ at: Date.now(), call, outcome });
    },
  };
}
