// Which hosts are this machine and no other. Names are never looked up: what a resolver says can change.

/**
 * @param {string} hostname as in a URL: an IPv6 address in brackets or without
 */
export function isLoopback(hostname) {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The hostname of a `Host` header, or of anything else written HOST:PORT. Undefined where it is none. */
export function hostnameOf(host) {
  if (!host || /[\s/\\?#@]/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  return new URL(`http://${host}`).hostname;
}
