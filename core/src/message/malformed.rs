//! What is wrong with a line: a code for machines, a sentence for people.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::value::Unreadable;

/// Why a line cannot be judged. The codes never change once released.
///
/// Where several things are wrong with a line, any one of them is told; the grammar comes before what a call must
/// have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Malformed {
    /// It has more bytes than the bounds allow.
    TooLong,
    /// Its bytes are not UTF-8.
    NotUtf8,
    /// It is not JSON.
    Syntax,
    /// Its lists and objects are nested deeper than the bounds allow.
    TooDeep,
    /// Something follows the message.
    TrailingBytes,
    /// There is a line break inside. A server that reads line by line would see several messages.
    ManyLines,
    /// It is a list of messages. Each is to be read on its own.
    Batch,
    /// It is JSON, and no message: a number, say.
    NotAnObject,
    /// The message or its `params` has more keys than the bounds allow.
    TooManyKeys,
    /// A key is there twice, of the message, of `params` or of what is judged.
    DuplicateKey,
    /// A key differs from one that is judged by capitals only, and some servers take it for that one.
    TwinKey,
    /// `method` is there and is not text.
    MethodNotText,
    /// A call without `id` is a notification: nobody could be told of a refusal.
    NoId,
    /// The `id` of a call is neither text nor a whole number.
    IdNotAnId,
    /// A call without `params`.
    NoParams,
    /// The `params` of a call are not an object.
    ParamsNotAnObject,
    /// A call without `name`.
    NoName,
    /// The `name` of a call is not text.
    NameNotText,
    /// The `arguments` of a call are there and are not an object.
    ArgumentsNotAnObject,
    /// Half a pair of surrogates, as in `\ud800`, stands in a text that is judged: servers differ in what they read.
    LoneSurrogate,
    /// A number inside a list or an object that is judged has an exponent beyond a thousand million.
    NumberTooLarge,
    /// The lists and objects that are judged hold more values than the bounds allow.
    TooManyValues,
    /// An argument is a value that JSON does not have, such as a function of the language that hands it over.
    NotJson,
    /// The `tools` of an answer are there and are not a list of objects.
    ToolsNotAList,
}

impl Malformed {
    /// Its code, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::NotUtf8 => "not-utf8",
            Self::Syntax => "syntax",
            Self::TooDeep => "too-deep",
            Self::TrailingBytes => "trailing-bytes",
            Self::ManyLines => "many-lines",
            Self::Batch => "batch",
            Self::NotAnObject => "not-an-object",
            Self::TooManyKeys => "too-many-keys",
            Self::DuplicateKey => "duplicate-key",
            Self::TwinKey => "twin-key",
            Self::MethodNotText => "method-not-text",
            Self::NoId => "no-id",
            Self::IdNotAnId => "id-not-an-id",
            Self::NoParams => "no-params",
            Self::ParamsNotAnObject => "params-not-an-object",
            Self::NoName => "no-name",
            Self::NameNotText => "name-not-text",
            Self::ArgumentsNotAnObject => "arguments-not-an-object",
            Self::LoneSurrogate => "lone-surrogate",
            Self::NumberTooLarge => "number-too-large",
            Self::TooManyValues => "too-many-values",
            Self::NotJson => "not-json",
            Self::ToolsNotAList => "tools-not-a-list",
        }
    }
}

/// What is wrong, for people: `the message is not valid JSON`.
impl fmt::Display for Malformed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::TooLong => "the message is too long",
            Self::NotUtf8 => "the message is not UTF-8",
            Self::Syntax => "the message is not valid JSON",
            Self::TooDeep => "lists and objects are nested too deep",
            Self::TrailingBytes => "something follows the message",
            Self::ManyLines => "the message is broken over several lines",
            Self::Batch => "the message is a batch; send each call on its own",
            Self::NotAnObject => "the message is not an object",
            Self::TooManyKeys => "the message or its `params` has too many keys",
            Self::DuplicateKey => "a key is there twice",
            Self::TwinKey => "a key differs from another by capital letters only",
            Self::MethodNotText => "`method` is not text",
            Self::NoId => "a call needs an `id`",
            Self::IdNotAnId => "the `id` of a call is neither text nor a whole number",
            Self::NoParams => "a call needs `params`",
            Self::ParamsNotAnObject => "the `params` of a call are not an object",
            Self::NoName => "a call needs the `name` of a tool",
            Self::NameNotText => "the `name` of a tool is not text",
            Self::ArgumentsNotAnObject => "the `arguments` of a call are not an object",
            Self::LoneSurrogate => "a text has half of a surrogate pair in it",
            Self::NumberTooLarge => "a number is too large or too small to be told from others",
            Self::TooManyValues => "the arguments that are judged hold too many values",
            Self::NotJson => "an argument is a value that JSON does not have",
            Self::ToolsNotAList => "the `tools` of an answer are not a list of objects",
        })
    }
}

impl core::error::Error for Malformed {}

impl From<Unreadable> for Malformed {
    fn from(problem: Unreadable) -> Self {
        match problem {
            Unreadable::Number => Self::NumberTooLarge,
            Unreadable::TooMany => Self::TooManyValues,
            Unreadable::TooDeep => Self::TooDeep,
        }
    }
}
