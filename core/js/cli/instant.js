// Times as people write them: milliseconds since the Unix epoch, RFC 3339, or a span after another time (`+1m30s`).

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const SPAN = /^\+(?:\d+(?:ms|s|m|h|d))+$/;
const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What {@link parseInstant} takes, for messages. */
export const INSTANTS = "milliseconds since 1970 or RFC 3339, such as 2026-01-05T10:00:00Z";

/** The milliseconds since the Unix epoch that a text means; undefined where it means none. Parts of one are dropped. */
export function parseInstant(text) {
  if (/^-?\d+$/.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
  const parts = RFC_3339.exec(text);
  const instant = Date.parse(text.toUpperCase());
  if (!parts || Number.isNaN(instant)) return undefined;
  const [, year, month, day] = parts.map(Number);
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate() ? instant : undefined;
}

/** The milliseconds of a span, `+1s` or `+1m30s`; undefined where the text is none. */
export function parseSpan(text) {
  if (!SPAN.test(text)) return undefined;
  let span = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) span += Number(count) * UNITS[unit];
  return Number.isSafeInteger(span) ? span : undefined;
}

/** A time as RFC 3339, to the millisecond; the bare number where the calendar does not reach. */
export function formatInstant(at) {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
