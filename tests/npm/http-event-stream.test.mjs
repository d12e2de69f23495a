// Server-sent events, read in pieces that are cut anywhere.

import assert from "node:assert/strict";
import { test } from "node:test";
import { oneLine } from "./node_modules/gatewright/proxy/body.js";
import { eventReader, messageEvent } from "./node_modules/gatewright/proxy/event-stream.js";
import { decodeValue, encodeValue } from "./node_modules/gatewright/proxy/mirrored-headers.js";

function read(pieces, { maxBytes = 1_000 } = {}) {
  const told = [];
  const reader = eventReader({
    maxBytes,
    onEvent: ({ type, data }) => told.push([type, data.toString()]),
    onId: (id) => told.push(["id", id]),
    onRetry: (ms) => told.push(["retry", ms]),
  });
  for (const piece of pieces) reader.push(Buffer.from(piece));
  return told;
}

test("events are read as the standard says", () => {
  const cases = [
    // stream                                events                                 why
    ["data: a\n\n",                          [["message", "a"]],                    "the plain case"],
    ["data:a\r\rdata:b\r\n\r\n",             [["message", "a"], ["message", "b"]],  "every end of a line"],
    ["data: a\ndata:  b\n\n",                [["message", "a\n b"]],                "one space belongs to the colon"],
    ["event: ping\ndata: a\n\ndata: b\n\n",  [["ping", "a"], ["message", "b"]],     "a type holds for one event"],
    [": hello\n\ndata: a\n\n",               [["message", "a"]],                    "comments"],
    ["id: 7\nretry: 20\ndata: \n\n",         [["id", "7"], ["retry", 20]],          "an event of an id alone"],
    ["retry: soon\nid: a\0b\ndata: x\n\n",   [["message", "x"]],                    "what is no delay, and no id"],
    ["data\ndata\n\n",                       [["message", "\n"]],                   "a field without a value"],
    ["\ufeffdata: a\n\n",                    [["message", "a"]],                    "a byte order mark"],
    ["data: a\n\ndata: cut",                 [["message", "a"]],                    "an event cut short is none"],
    ["DATA: a\nother: b\n\n",                [],                                    "unknown fields"],
  ];
  for (const [stream, events, why] of cases) {
    assert.deepEqual(read([stream]), events, why);
    const bytes = Buffer.from(stream);
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), events, `${why}, cut at ${cut}`);
    }
    assert.deepEqual(read([...bytes].map((byte) => [byte])), events, `${why}, byte by byte`);
  }
});

test("an event above the bound is refused, in one piece or in many, and on one line or many", () => {
  const long = ["data: ", "x".repeat(60), "\n\n"];
  assert.throws(() => read([long.join("")], { maxBytes: 50 }), /longer than 50 bytes/);
  assert.throws(() => read(long.join(""), { maxBytes: 50 }), /longer than 50 bytes/);
  assert.throws(() => read(["data: 0123456789\n".repeat(6)], { maxBytes: 50 }), /longer than 50 bytes/);
  assert.equal(read(["data: 0123456789\n\n".repeat(60)], { maxBytes: 50 }).length, 60);
});

test("an event of very many short lines takes no more memory than it has bytes, or little more", () => {
  const reader = eventReader({ maxBytes: 16 * 1024 * 1024, onEvent() {} });
  const lines = Buffer.from("data:\n".repeat(100_000));
  const before = process.memoryUsage();
  for (let times = 0; times < 10; times += 1) reader.push(lines);
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  assert.ok(grown < 48 * 1024 * 1024, `a million lines took ${grown} bytes`);
  assert.deepEqual(read(["data: a\n", "data: b\n".repeat(3), "\n", "data: c\n\n"]), [
    ["message", "a\nb\nb\nb"],
    ["message", "c"],
  ]);
});

test("a message that is written as an event is read as it was", () => {
  const line = '{"a":"\\n\\r ✓","b":[1.0, 2]}';
  assert.deepEqual(read([messageEvent(Buffer.from(line))]), [["message", line]]);
  assert.deepEqual(read([messageEvent(Buffer.from(`${line}\r`))])[0][1], line.replace(", ", ","));
});

test("a body loses the white space between its tokens only where it has line breaks, and nothing else", () => {
  const cases = [
    ['{ "a" : 1 }', '{ "a" : 1 }'],
    ['{\n "a" : [1,\t2],\r\n"b":"x \\" \\\\" }', '{"a":[1,2],"b":"x \\" \\\\"}'],
    ['{"a":"\\u005c\\n"}\n', '{"a":"\\u005c\\n"}'],
    ['"\\\\"\n', '"\\\\"'],
  ];
  for (const [body, line] of cases) assert.equal(Buffer.from(oneLine(Buffer.from(body))).toString(), line);
});

test("any text gets through a header and back, and Base64 is taken only as it is written", () => {
  for (const text of ["echo", "a b", "", " x", "x ", "Zürich", "=?base64?YQ==?=", "a\nb", "😀"]) {
    assert.equal(decodeValue(encodeValue(text)), text);
    assert.match(encodeValue(text), /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/);
  }
  for (const value of ["=?base64?YQ=?=", "=?base64?Y Q==?=", "=?base64?/w==?=", "=?base64?YR==?="]) {
    assert.equal(decodeValue(value), undefined, value);
  }
});
