//! Whatever somebody pastes in place of a policy: what comes out compiles, is no dialect itself, and what is written of it in
//! another language can be read back.

#![no_main]

use gatewright_core::export::{ExportOptions, export};
use gatewright_core::import::policy::{Dialect, ReadOptions, read};
use gatewright_core::{compile, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for dialect in core::iter::once(None).chain(Dialect::ALL.map(Some)) {
        let options = ReadOptions { dialect, server: Some("server"), tool: Some("tool"), tools: &["tool"] };
        let Ok(converted) = read(text, &options) else { continue };
        let parsed = parse(&converted.policy);
        assert!(compile(&parsed).is_ok());
        assert!(read(&converted.policy, &ReadOptions::default()).is_err());
        for to in [Dialect::Intercept, Dialect::ClaudeCode] {
            let exported = export(&parsed, to, &ExportOptions { server: "server", tools: &[] }).unwrap();
            assert!(read(&exported.text, &ReadOptions { dialect: Some(to), ..ReadOptions::default() }).is_ok());
        }
    }
});
