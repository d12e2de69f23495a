//! The policy that everyone decides by, as data: each contestant's file puts it into that contestant's language.
//!
//! Fourteen tools, each with three conditions on three fields. Who goes through the rules one by one finds the two
//! tools that are called in the middle, so that the order helps nobody.

/// What a call of one tool must satisfy: all three conditions.
pub(crate) struct Rule {
    pub(crate) tool: &'static str,
    pub(crate) fields: &'static Fields,
    pub(crate) currencies: [&'static str; 3],
    /// In cents: two of the contestants have no fractions.
    pub(crate) most: i64,
    /// A part that the text must have.
    pub(crate) domain: &'static str,
}

/// Where the three values are, as keys joined by dots.
pub(crate) struct Fields {
    /// One of `currencies`.
    pub(crate) currency: &'static str,
    /// No more than `most`.
    pub(crate) amount: &'static str,
    /// Has `domain` in it.
    pub(crate) email: &'static str,
}

const FLAT: Fields = Fields { currency: "currency", amount: "amount", email: "email" };
const NESTED: Fields = Fields {
    currency: "payment.money.currency",
    amount: "payment.money.amount",
    email: "customer.contact.email",
};

#[rustfmt::skip]
pub(crate) const RULES: [Rule; 14] = [
    rule("create_coupon",        &FLAT,   ["usd", "eur", "gbp"],  10_000, "@marketing.example"),
    rule("create_credit_note",   &FLAT,   ["usd", "cad", "mxn"],  20_000, "@billing.example"),
    rule("create_invoice",       &FLAT,   ["eur", "chf", "gbp"], 900_000, "@billing.example"),
    rule("create_payment_link",  &FLAT,   ["usd", "eur", "jpy"],  50_000, "@shop.example"),
    rule("create_payout",        &FLAT,   ["usd", "eur", "gbp"], 250_000, "@finance.example"),
    rule("create_quote",         &FLAT,   ["eur", "sek", "nok"], 400_000, "@sales.example"),
    rule("create_charge",        &FLAT,   ["usd", "eur", "gbp"],  50_000, "@shop.example"),
    rule("create_order",         &NESTED, ["usd", "eur", "gbp"],  50_000, "@shop.example"),
    rule("create_refund",        &FLAT,   ["usd", "eur", "gbp"],  15_000, "@support.example"),
    rule("create_subscription",  &FLAT,   ["usd", "eur", "aud"],  30_000, "@shop.example"),
    rule("create_transfer",      &FLAT,   ["eur", "pln", "czk"], 750_000, "@finance.example"),
    rule("update_dispute",       &FLAT,   ["usd", "cad", "brl"],  60_000, "@support.example"),
    rule("update_invoice",       &FLAT,   ["eur", "chf", "gbp"], 900_000, "@billing.example"),
    rule("update_subscription",  &FLAT,   ["usd", "eur", "aud"],  30_000, "@shop.example"),
];

const fn rule(
    tool: &'static str,
    fields: &'static Fields,
    currencies: [&'static str; 3],
    most: i64,
    domain: &'static str,
) -> Rule {
    Rule { tool, fields, currencies, most, domain }
}
