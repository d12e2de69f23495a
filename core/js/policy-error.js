// What is thrown where a document that must be good has errors.

export class PolicyError extends Error {
  constructor(diagnostics) {
    const [first, ...others] = diagnostics;
    const more = others.length > 0 ? ` (and ${others.length} more)` : "";
    super(`the policy has errors: ${first.pointer || "the document"}: ${first.message}${more}`);
    this.name = "PolicyError";
    this.diagnostics = diagnostics;
  }

  /** What the evaluator answers, its diagnostics as an error of this kind, its sentences as `TypeError`. */
  static orThrown(question) {
    try {
      return question();
    } catch (found) {
      if (Array.isArray(found)) throw new PolicyError(found);
      throw typeof found === "string" ? new TypeError(found) : found;
    }
  }
}
