// The calls that are judged: four that are timed, and those that show that everyone decides alike.

/** Some two hundred bytes of a long text, with the line breaks and quotation marks that texts have. */
const NOTE =
  "The parcel was left with the neighbour at number 14, who signed for it at noon.\n" +
  "Nobody was at home at the first attempt.\n" +
  'The note on the door said "back at six", in pencil, and was unsigned.\n';

/** Three fields, each looked at. */
function small() {
  return { tool: "create_charge", args: { amount: 4200, currency: "eur", email: "ada@shop.example" } };
}

/** Thirty-five values up to three deep, of which three are looked at. */
function medium() {
  const args = {
    reference: "order-20817",
    channel: "web",
    priority: 2,
    gift: false,
    customer: {
      id: "cus_58231",
      name: "Ada Lovelace",
      since: 2019,
      contact: { email: "ada@shop.example", phone: "+44 20 7946 0018", language: "en", newsletter: true },
      address: { line: "12 St James's Square", city: "London", postcode: "SW1Y 4JH", country: "GB" },
    },
    payment: {
      method: "card",
      attempt: 1,
      capture: true,
      money: { amount: 4200, currency: "gbp", tax: 700, discount: 0 },
      card: { brand: "visa", last: "4242", month: 11, year: 2029 },
    },
    delivery: {
      carrier: "royal-mail",
      express: true,
      parcel: { grams: 840, width: 30, height: 12, depth: 22 },
      window: { day: "2026-01-08", from: 9, to: 13 },
    },
    tags: ["books", "first-order"],
  };
  return { tool: "create_order", args };
}

/** As small, and 100 KB of text that no rule looks at. */
function large() {
  return changed(small(), "note", NOTE.repeat(540));
}

/** As small, with an amount that is not whole: not every contestant takes it. */
function fraction() {
  return changed(small(), "amount", 4199.95);
}

/** The calls that are timed. Everyone allows them, for that takes the longest. */
export const TIMED = { small: small(), medium: medium(), large: large() };
export const FRACTION = fraction();

/** The message in which a call arrives. */
export function message({ tool, args }) {
  const params = { name: tool, arguments: args };
  return JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params });
}

/** The same call with another value at a path of keys joined by dots, or with none. */
function changed(call, path, value) {
  const { tool, args } = structuredClone(call);
  const keys = path.split(".");
  const last = keys.pop();
  const place = keys.reduce((object, key) => object[key], args);
  if (value === undefined) delete place[last];
  else place[last] = value;
  return { tool, args };
}

/** What everyone must agree on before anything is timed: a call, whether it is to be allowed, and why. */
export const CASES = [
  [small(), true, "all three conditions hold"],
  [changed(small(), "currency", "usd"), true, "the first of the list"],
  [changed(small(), "currency", "gbp"), true, "the last of the list"],
  [changed(small(), "currency", "jpy"), false, "not in the list, but in another tool's"],
  [changed(small(), "currency", "EUR"), false, "text is compared as it is"],
  [changed(small(), "currency", 978), false, "a number equals no text"],
  [changed(small(), "currency", undefined), false, "what is missing is in no list"],
  [changed(small(), "amount", 50_000), true, "the most is still allowed"],
  [changed(small(), "amount", 50_001), false, "one more than the most"],
  [changed(small(), "amount", -1), true, "less than nothing is less than the most"],
  [changed(small(), "amount", "4200"), false, "text is no number"],
  [changed(small(), "amount", undefined), false, "what is missing is no number"],
  [changed(small(), "email", "ada@shop.example.org"), true, "found anywhere in the text"],
  [changed(small(), "email", "ada@example.org"), false, "not found in the text"],
  [changed(small(), "email", ""), false, "nothing is found in no text"],
  [changed(small(), "email", 1), false, "a number has no text in it"],
  [changed(small(), "email", undefined), false, "nothing is found where there is nothing"],
  [{ tool: "create_charge", args: {} }, false, "no arguments at all"],
  [{ ...small(), tool: "create_payment_link" }, true, "another tool with the same conditions on this call"],
  [{ ...small(), tool: "create_refund" }, false, "another tool with other conditions"],
  [{ ...small(), tool: "delete_customer" }, false, "a tool without a rule"],
  [{ ...small(), tool: "Create_charge" }, false, "names are compared as they are"],
  [{ ...small(), tool: "" }, false, "no name"],
  [medium(), true, "all three conditions hold, three deep"],
  [changed(medium(), "payment.money.currency", "chf"), false, "not in the list, three deep"],
  [changed(medium(), "payment.money.amount", 50_001), false, "one more than the most, three deep"],
  [changed(medium(), "customer.contact.email", "ada@example.org"), false, "not found in the text, three deep"],
  [changed(medium(), "payment.money", "gbp 4200"), false, "a path leads through objects, not through text"],
  [changed(medium(), "payment.money.amount", undefined), false, "missing, three deep"],
  [changed(medium(), "customer", undefined), false, "missing from the first key on"],
  [{ ...medium(), tool: "create_charge" }, false, "the fields are elsewhere"],
  [large(), true, "a text that nobody looks at"],
  [changed(large(), "amount", 50_001), false, "one more than the most, beside a long text"],
];
