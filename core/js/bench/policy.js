// The policy that everyone decides by, as data: each contestant's file puts it into that contestant's language.
//
// Fourteen tools, each with three conditions on three fields. Who goes through the rules one by one finds the two
// tools that are called in the middle, so that the order helps nobody. Two limits count every call of a tool.

const FLAT = { currency: "currency", amount: "amount", email: "email" };
const NESTED = {
  currency: "payment.money.currency",
  amount: "payment.money.amount",
  email: "customer.contact.email",
};

/** What a call of one tool must satisfy: all three conditions. Amounts are in cents, for some have no fractions. */
export const RULES = [
  rule("create_coupon", FLAT, ["usd", "eur", "gbp"], 10_000, "@marketing.example"),
  rule("create_credit_note", FLAT, ["usd", "cad", "mxn"], 20_000, "@billing.example"),
  rule("create_invoice", FLAT, ["eur", "chf", "gbp"], 900_000, "@billing.example"),
  rule("create_payment_link", FLAT, ["usd", "eur", "jpy"], 50_000, "@shop.example"),
  rule("create_payout", FLAT, ["usd", "eur", "gbp"], 250_000, "@finance.example"),
  rule("create_quote", FLAT, ["eur", "sek", "nok"], 400_000, "@sales.example"),
  rule("create_charge", FLAT, ["usd", "eur", "gbp"], 50_000, "@shop.example"),
  rule("create_order", NESTED, ["usd", "eur", "gbp"], 50_000, "@shop.example"),
  rule("create_refund", FLAT, ["usd", "eur", "gbp"], 15_000, "@support.example"),
  rule("create_subscription", FLAT, ["usd", "eur", "aud"], 30_000, "@shop.example"),
  rule("create_transfer", FLAT, ["eur", "pln", "czk"], 750_000, "@finance.example"),
  rule("update_dispute", FLAT, ["usd", "cad", "brl"], 60_000, "@support.example"),
  rule("update_invoice", FLAT, ["eur", "chf", "gbp"], 900_000, "@billing.example"),
  rule("update_subscription", FLAT, ["usd", "eur", "aud"], 30_000, "@shop.example"),
];

function rule(tool, fields, currencies, most, domain) {
  return { tool, fields, currencies, most, domain };
}

/** Two windows that have room for a call in each millisecond. */
export const LIMITS = [
  { counter: "rate", window: "minute", max: 100_000, scope: "grant" },
  { counter: "calls", window: "day", max: 144_000_000, scope: "grant" },
];

/** The document that the package compiles. */
export function policyDocument() {
  const tools = Object.fromEntries(
    RULES.map(({ tool, fields, currencies, most, domain }) => [
      tool,
      {
        require: [
          {
            conditions: [
              { path: `args.${fields.currency}`, op: "in", value: currencies },
              { path: `args.${fields.amount}`, op: "lte", value: most },
              { path: `args.${fields.email}`, op: "contains", value: domain },
            ],
          },
        ],
        limits: LIMITS,
      },
    ]),
  );
  return JSON.stringify({ version: "1", default: "deny", tools });
}
