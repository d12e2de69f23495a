//! The calls that are judged: three that are timed, and those that show that everyone decides alike.

use serde_json::{Value, json};

/// One call of a tool.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
}

impl Call {
    /// The arguments alone, as JSON text.
    pub(crate) fn arguments_text(&self) -> String {
        self.arguments.to_string()
    }

    /// The tool and its arguments in one document, for those who are given nothing beside their input.
    pub(crate) fn document(&self) -> Value {
        json!({ "tool": self.tool, "arguments": self.arguments })
    }

    /// The whole message, as it arrives.
    pub(crate) fn message(&self) -> String {
        let params = json!({ "name": self.tool, "arguments": self.arguments });
        json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params }).to_string()
    }

    /// The same call with another value at a path of keys joined by dots, or with none.
    fn with(mut self, path: &str, value: Option<Value>) -> Self {
        let (folder, key) = path.rsplit_once('.').unwrap_or(("", path));
        let folder = folder.split('.').filter(|key| !key.is_empty());
        let mut place = Some(&mut self.arguments);
        for key in folder {
            place = place.and_then(|place| place.get_mut(key));
        }
        if let Some(fields) = place.and_then(Value::as_object_mut) {
            match value {
                Some(value) => _ = fields.insert(key.to_owned(), value),
                None => _ = fields.remove(key),
            }
        }
        self
    }
}

/// Some two hundred bytes of a long text, with the line breaks and quotation marks that texts have.
const NOTE: &str = "\
The parcel was left with the neighbour at number 14, who signed for it at noon.
Nobody was at home at the first attempt.
The note on the door said \"back at six\", in pencil, and was unsigned.
";

/// The calls that are timed. Everyone allows them, for that takes the longest.
pub(crate) fn timed() -> [(&'static str, Call); 3] {
    let large = small().with("note", Some(NOTE.repeat(540).into()));
    [("small", small()), ("medium", medium()), ("large", large)]
}

/// Three fields, each looked at.
fn small() -> Call {
    let arguments = json!({ "amount": 4200, "currency": "eur", "email": "ada@shop.example" });
    Call { tool: "create_charge", arguments }
}

/// Thirty-five values up to three deep, of which three are looked at.
///
/// Without fractions and nulls, and with numbers of at most 32 bits, so that every contestant takes them.
fn medium() -> Call {
    let arguments = json!({
        "reference": "order-20817",
        "channel": "web",
        "priority": 2,
        "gift": false,
        "customer": {
            "id": "cus_58231",
            "name": "Ada Lovelace",
            "since": 2019,
            "contact": { "email": "ada@shop.example", "phone": "+44 20 7946 0018", "language": "en", "newsletter": true },
            "address": { "line": "12 St James's Square", "city": "London", "postcode": "SW1Y 4JH", "country": "GB" }
        },
        "payment": {
            "method": "card",
            "attempt": 1,
            "capture": true,
            "money": { "amount": 4200, "currency": "gbp", "tax": 700, "discount": 0 },
            "card": { "brand": "visa", "last": "4242", "month": 11, "year": 2029 }
        },
        "delivery": {
            "carrier": "royal-mail",
            "express": true,
            "parcel": { "grams": 840, "width": 30, "height": 12, "depth": 22 },
            "window": { "day": "2026-01-08", "from": 9, "to": 13 }
        },
        "tags": ["books", "first-order"]
    });
    Call { tool: "create_order", arguments }
}

/// A call, whether it is to be allowed, and why.
pub(crate) struct Case {
    pub(crate) call: Call,
    pub(crate) allowed: bool,
    pub(crate) why: &'static str,
}

/// What everyone must agree on before anything is timed.
pub(crate) fn cases() -> Vec<Case> {
    let flat = |field, value| small().with(field, Some(value));
    let nested = |field, value| medium().with(field, Some(value));
    let [_, _, (_, large)] = timed();
    #[rustfmt::skip]
    let cases = [
        // call                                                              allowed  why
        (small(),                                                            true,  "all three conditions hold"),
        (flat("currency", json!("usd")),                                     true,  "the first of the list"),
        (flat("currency", json!("gbp")),                                     true,  "the last of the list"),
        (flat("currency", json!("jpy")),                                     false, "not in the list, but in another tool's"),
        (flat("currency", json!("EUR")),                                     false, "text is compared as it is"),
        (flat("currency", json!(978)),                                       false, "a number equals no text"),
        (small().with("currency", None),                                     false, "what is missing is in no list"),
        (flat("amount", json!(50_000)),                                      true,  "the most is still allowed"),
        (flat("amount", json!(50_001)),                                      false, "one more than the most"),
        (flat("amount", json!(-1)),                                          true,  "less than nothing is less than the most"),
        (flat("amount", json!("4200")),                                      false, "text is no number"),
        (small().with("amount", None),                                       false, "what is missing is no number"),
        (flat("email", json!("ada@shop.example.org")),                       true,  "found anywhere in the text"),
        (flat("email", json!("ada@example.org")),                            false, "not found in the text"),
        (flat("email", json!("")),                                           false, "nothing is found in no text"),
        (flat("email", json!(1)),                                            false, "a number has no text in it"),
        (small().with("email", None),                                        false, "nothing is found where there is nothing"),
        (Call { arguments: json!({}), ..small() },                           false, "no arguments at all"),
        (Call { tool: "create_payment_link", ..small() },                    true,  "another tool with the same conditions on this call"),
        (Call { tool: "create_refund", ..small() },                          false, "another tool with other conditions"),
        (Call { tool: "delete_customer", ..small() },                        false, "a tool without a rule"),
        (Call { tool: "Create_charge", ..small() },                          false, "names are compared as they are"),
        (Call { tool: "", ..small() },                                       false, "no name"),
        (medium(),                                                           true,  "all three conditions hold, three deep"),
        (nested("payment.money.currency", json!("chf")),                     false, "not in the list, three deep"),
        (nested("payment.money.amount", json!(50_001)),                      false, "one more than the most, three deep"),
        (nested("customer.contact.email", json!("ada@example.org")),         false, "not found in the text, three deep"),
        (nested("payment.money", json!("gbp 4200")),                         false, "a path leads through objects, not through text"),
        (medium().with("payment.money.amount", None),                        false, "missing, three deep"),
        (medium().with("customer", None),                                    false, "missing from the first key on"),
        (Call { tool: "create_charge", ..medium() },                         false, "the fields are elsewhere"),
        (large.clone(),                                                      true,  "a text that nobody looks at"),
        (large.with("amount", Some(json!(50_001))),                          false, "one more than the most, beside a long text"),
    ];
    cases.map(|(call, allowed, why)| Case { call, allowed, why }).into()
}
