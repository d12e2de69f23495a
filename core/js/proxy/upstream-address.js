// Where an upstream server is, and the headers that it is shown.
//
// Plain HTTP goes to this machine alone unless told otherwise, and a secret never stands on a command line, where every
// process of the machine can read it: a header is given as the name of an environment variable.

import { isLoopback } from "./loopback.js";

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What the transport says itself. */
const RESERVED =
  /^(?:accept|connection|content-.*|host|keep-alive|last-event-id|mcp-.*|te|trailer|transfer-encoding|upgrade)$/i;

/**
 * The address of an upstream. Throws an error that says how to repair it.
 * @param {string} text
 * @param {{ allowInsecure?: boolean }} [options] `allowInsecure`: plain HTTP to another machine
 * @returns {URL}
 */
export function upstreamUrl(text, { allowInsecure = false } = {}) {
  if (!URL.canParse(text)) throw new Error(`--upstream: \`${text}\` is no URL; write https://HOST/PATH`);
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Error(`--upstream: \`${url.protocol}\` is not spoken; write an https URL`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Error("--upstream: the URL holds credentials; give them with --upstream-header NAME=ENV_VAR");
  }
  if (url.protocol === "http:" && !allowInsecure && !isLoopback(url.hostname)) {
    throw new Error(
      `--upstream: plain http to \`${url.hostname}\` can be read on the way; use https, or --allow-insecure-upstream`,
    );
  }
  url.hash = "";
  return url;
}

/**
 * Headers from lines `NAME=ENV_VAR`. Throws an error that names the variable, never what it holds.
 * @param {readonly string[]} settings
 * @param {Record<string, string | undefined>} environment
 * @returns {Record<string, string>}
 */
export function headersFromEnvironment(settings, environment) {
  return Object.fromEntries(settings.map((setting) => headerFrom(setting, environment)));
}

function headerFrom(setting, environment) {
  const equals = setting.indexOf("=");
  const name = setting.slice(0, equals);
  const variable = setting.slice(equals + 1);
  if (equals < 1 || variable === "" || !HEADER_NAME.test(name)) {
    throw new Error(
      "--upstream-header: write NAME=ENV_VAR, where ENV_VAR is an environment variable that holds the value",
    );
  }
  if (RESERVED.test(name)) throw new Error(`--upstream-header: \`${name}\` is set by the proxy itself`);
  const value = environment[variable];
  if (value === undefined || value === "")
    throw new Error(`--upstream-header: the environment variable \`${variable}\` is not set`);
  if (!/^[\t\x20-\x7e\x80-\xff]+$/.test(value))
    throw new Error(`--upstream-header: \`${variable}\` holds what no header can`);
  return [name.toLowerCase(), value];
}
