// One HTTP request to the upstream server: bounded until its answer begins, unbounded from there on.
//
// A request is never sent twice, for the upstream may have acted on the first: only a redirect within the same origin,
// which says that nothing was done, is followed.

import http from "node:http";
import https from "node:https";

const MAX_REDIRECTS = 3;
const CONNECT_MS = 10_000;
/** Shorter than servers keep an idle connection, so that a request does not run into the closing of one. */
const IDLE_SOCKET_MS = 2_000;
/** How soon a peer that vanished without a word is looked for on an open stream. */
const TCP_KEEP_ALIVE_MS = 30_000;

/**
 * Requests to one origin over connections of its own.
 * @param {URL} url
 */
export function requester(url) {
  const library = url.protocol === "https:" ? https : http;
  const agent = new library.Agent({ keepAlive: true, timeout: IDLE_SOCKET_MS });

  function once(target, { method, headers, body, signal, answerMs }) {
    return new Promise((resolve, reject) => {
      const request = library.request(target, { method, headers, agent, signal });
      let connected = false;
      const fail = (error) => reject(Object.assign(error, { sent: connected }));
      const answerTimer = setTimeout(() => request.destroy(late("no answer began", answerMs)), answerMs);
      const connectTimer = setTimeout(() => request.destroy(late("no connection", CONNECT_MS)), CONNECT_MS);
      const onConnected = () => {
        connected = true;
        clearTimeout(connectTimer);
      };
      request.on("socket", (socket) => {
        socket.setKeepAlive(true, TCP_KEEP_ALIVE_MS);
        if (request.reusedSocket) onConnected();
        else socket.once(library === https ? "secureConnect" : "connect", onConnected);
      });
      request.on("response", (response) => {
        clearTimeout(answerTimer);
        resolve(response);
      });
      request.on("error", fail);
      request.on("close", () => {
        clearTimeout(answerTimer);
        clearTimeout(connectTimer);
        fail(new Error("the connection was closed"));
      });
      request.end(body);
    });
  }

  return {
    /**
     * The answer, once its headers are there; its body is the caller's to read or destroy. Rejects with an error whose
     * `sent` says whether the request may have reached the server.
     * @param {{
     *   method: string,
     *   headers: Record<string, string>,
     *   body?: Uint8Array,
     *   signal?: AbortSignal,
     *   answerMs: number,
     * }} request
     * @returns {Promise<http.IncomingMessage>}
     */
    async open(request) {
      let target = url;
      for (let hops = 0; ; hops += 1) {
        const response = await once(target, request);
        const next = redirect(response, target);
        if (next?.origin !== url.origin || hops === MAX_REDIRECTS) return response;
        response.resume();
        target = next;
      }
    },
  };
}

/** Where a redirect that keeps method and body leads. */
function redirect(response, target) {
  if (response.statusCode !== 307 && response.statusCode !== 308) return undefined;
  const { location } = response.headers;
  return location !== undefined && URL.canParse(location, target) ? new URL(location, target) : undefined;
}

function late(what, ms) {
  return new Error(`${what} within ${ms} ms`);
}
