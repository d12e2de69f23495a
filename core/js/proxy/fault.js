// Why a message is turned away over HTTP: the status of the answer, and the JSON-RPC error in its body.
//
// A fault is about transport: a policy's denial is no fault, but a result that says so.

/**
 * @param {number} status the HTTP status
 * @param {number} code the code of the JSON-RPC error
 * @param {string} message one lower-case sentence
 * @param {{ headers?: Record<string, string>, data?: unknown }} [more]
 * @returns {Error & { status: number, code: number, headers?: Record<string, string>, data?: unknown }}
 */
export function fault(status, code, message, more = {}) {
  return Object.assign(new Error(message), { status, code, ...more });
}
