// Texts, small enough for a link: deflated, and in the alphabet of base64url.

/** A text as it stands in a link. */
export async function pack(text) {
  const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(packed).arrayBuffer());
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The text of a link: at most `cap` bytes of it are ever unpacked, whatever a link claims to hold. */
export async function unpack(code, cap) {
  const letters = atob(code.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > Number(cap)) {
      await reader.cancel();
      throw Object.assign(new Error("the link unpacks to more than is read"), { name: "TooLarge" });
    }
    text += decoder.decode(value, { stream: true });
  }
}

/** The part of the address after `#`. */
export const fragment = () => location.hash.slice(1);

/** Takes the link out of the address, so that a reload shows one's own work. */
export function leave() {
  history.replaceState(history.state, "", location.pathname + location.search);
}

/** The page's address without a fragment: what a link begins with. */
export const address = () => location.href.split("#")[0];

export const copy = (text) => navigator.clipboard.writeText(text);
