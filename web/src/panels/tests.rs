//! The policy's tests: what they came to, and the file that holds them.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::legible::legible;
use gatewright_core::pointer::Pointer;
use leptos::prelude::*;

use crate::components::prose;
use crate::model::drafts::file_name;
use crate::model::policy_tests::{Failure, TestFile, TestResult, added, record, removed, renamed};
use crate::model::view::Dialog;
use crate::platform::screen;
use crate::platform::timer::Timer;
use crate::store::{Shared, Store};

/// How long nobody must have typed before the tests are run again, in milliseconds.
const QUIET: u64 = 150;
/// So many tests are listed; the failed ones first where there are more.
const MOST: usize = 500;

/// The file of tests, and what they came to under the last valid version of the policy.
#[derive(Clone, Copy)]
pub struct TestRun {
    file: Memo<Shared<TestFile>>,
    results: ReadSignal<Shared<Vec<TestResult>>>,
}

impl TestRun {
    /// Runs the tests now, and again after each change of the policy or of them.
    pub fn new(store: Store) -> Self {
        let file = Memo::new(move |_| Shared(Arc::new(TestFile::read(&store.tests().get()))));
        let good = Memo::new(move |_| store.document().with(|document| document.good().cloned().map(Shared)));
        let (results, set_results) = signal(Shared(Arc::default()));
        let timer = Timer::new(QUIET);
        // Tests that change are run at once, so that the list is that of the file; the policy may be typed into.
        Effect::new(move |last: Option<Shared<TestFile>>| {
            let (now, good) = (file.get(), good.get());
            let tests = Arc::clone(&now.0);
            let run = move || {
                let results = good.map_or_else(Vec::new, |Shared(good)| tests.run(&good.policy));
                set_results.set(Shared(Arc::new(results)));
            };
            if last.as_ref() == Some(&now) {
                timer.restart(Box::new(run));
            } else {
                run();
            }
            now
        });
        Self { file, results }
    }

    /// How many tests there are and how many of them pass, or that they cannot be run.
    fn in_words(self, store: Store) -> String {
        if let Some(why) = self.file.with(|file| file.0.why_not_run()) {
            return why;
        }
        let tests = self.file.with(|file| file.0.tests.len());
        let passed = self.results.with(|results| results.0.iter().filter(|result| result.passed()).count());
        let of = if store.is_valid() { "" } else { " with the last valid version of the policy" };
        match tests {
            0 => "No tests yet. Choose a call of the dry run, and add it as a test.".to_owned(),
            1 if passed == 1 => format!("The one test passes{of}."),
            tests => format!("{passed} of {tests} pass{of}."),
        }
    }
}

/// How many tests pass, and the way to them.
#[component]
pub fn TestsButton() -> impl IntoView {
    let store = expect_context::<Store>();
    let run = expect_context::<TestRun>();
    let counts = Memo::new(move |_| {
        let tests = run.file.with(|file| if file.0.why_not_run().is_none() { file.0.tests.len() } else { 0 });
        (run.results.with(|results| results.0.iter().filter(|result| result.passed()).count()), tests)
    });
    let words = move || match counts.get() {
        (_, 0) => "Tests".to_owned(),
        (passed, tests) => format!("Tests {passed}/{tests}"),
    };
    let failing = move || counts.with(|(passed, tests)| passed < tests);
    view! {
        <button
            type="button"
            class="badge"
            class:bad=failing
            on:click=move |_| store.dialog.set(Some(Dialog::Tests))
        >
            {words}
        </button>
    }
}

/// Makes a test of the call that is shown.
pub fn add_button(store: Store) -> AnyView {
    view! {
        <button type="button" id="add-test" on:click=move |_| add(store)>"Add as test"</button>
    }
    .into_any()
}

fn add(store: Store) {
    match with_selected(store, &store.tests().get_untracked()) {
        Some(Ok(text)) => {
            let number = store.selected().get_untracked() + 1;
            store.set_tests(format!("Added call {number} as a test"), &text);
        }
        Some(Err(why)) => store.say(why),
        None => {}
    }
}

/// Puts a file of tests on the clipboard that holds the call that is shown, and no other.
pub fn copy(store: Store) {
    match with_selected(store, "") {
        Some(Ok(text)) => store.copy("the test", &text),
        Some(Err(why)) => store.say(why),
        None => {}
    }
}

/// A file of tests with the call that is shown as one more; nothing without a run.
fn with_selected(store: Store, file: &str) -> Option<Result<String, String>> {
    let run = untrack(move || store.run())?;
    let made = record(&run.version.policy, &run.calls, &run.run, store.selected().get_untracked());
    Some(made.and_then(|test| added(file, &test)))
}

/// The tests with what they came to, and their file.
pub fn tests(store: Store) -> AnyView {
    let run = expect_context::<TestRun>();
    let problems = move || {
        let Shared(file) = run.file.get();
        let problem = |problem: &crate::model::policy_tests::Problem| {
            let stop = if problem.message.ends_with('?') { "" } else { "." };
            let text = format!("Line {}, column {}: {}{stop}", problem.line, problem.column, problem.message);
            view! { <li>{prose(&text)}</li> }.into_any()
        };
        file.problems.iter().map(problem).collect_view()
    };
    let list = move || {
        let Shared(results) = run.results.get();
        let mut rows: Vec<AnyView> = Vec::new();
        for (index, result) in results.iter().take(MOST).enumerate() {
            rows.push(row(store, index, result));
        }
        rows
    };
    // By this name the command finds the policy that is beside it.
    let name = move || store.name().with(|name| file_name(name, ".test.json"));
    let download = move |_| store.download(&untrack(name), store.tests().get_untracked().to_string());
    let number = move || count(store.selected().get() + 1);
    let has_none = move || store.tests().with(|text| text.is_empty());
    view! {
        <p>
            "Calls with what is expected of them. They run on each edit, and " <code>"gatewright test"</code>
            " runs the same file."
        </p>
        <p role="status">{move || prose(&run.in_words(store))}</p>
        <ul class="problems">{problems}</ul>
        <ol class="tests">{list}</ol>
        <div class="deeds">
            <button type="button" on:click=move |_| add(store)>"Add the selected call, " {number}</button>
            <button type="button" hidden=has_none on:click=download>"Download " {name}</button>
        </div>
        <label class="field">
            <span>{name}</span>
            <textarea
                id="tests-text"
                rows="12"
                spellcheck="false"
                autocomplete="off"
                wrap="off"
                prop:value=move || store.tests().get().to_string()
                on:change=move |event| store.set_tests("Edited the tests", &event_target_value(&event))
            ></textarea>
        </label>
    }
    .into_any()
}

fn row(store: Store, index: usize, result: &TestResult) -> AnyView {
    let (class, sign, word) =
        if result.passed() { ("pass", "✓", "passes") } else { ("fail", "✗", "fails") };
    let failures: Vec<AnyView> = result.failures.iter().map(failure).collect();
    let (pointer, place) = (result.pointer.clone(), result.pointer.clone());
    let name = result.name.clone();
    let rename = move |event| {
        let name = event_target_value(&event);
        change(store, "Renamed a test", renamed(&store.tests().get_untracked(), &pointer, &name));
    };
    let label = format!("Delete {}", legible(&name));
    view! {
        <li class=class>
            <span class="verdict-word"><span aria-hidden="true">{sign}</span>" "{word}</span>
            <input type="text" aria-label=format!("Name of test {}", index + 1) prop:value=name on:change=rename />
            <button type="button" id=format!("delete-test-{index}") aria-label=label on:click=move |_| delete(store, index, &place)>
                "Delete"
            </button>
            {(!failures.is_empty()).then(|| view! { <ul>{failures}</ul> }.into_any())}
        </li>
    }
    .into_any()
}

fn delete(store: Store, index: usize, pointer: &Pointer) {
    change(store, "Deleted a test", removed(&store.tests().get_untracked(), pointer));
    let next = match (index, store.tests().with_untracked(|text| TestFile::read(text).tests.len())) {
        (_, 0) => "tests-text".to_owned(),
        (index, left) => format!("delete-test-{}", index.min(left - 1)),
    };
    // The row goes with the next frame, and its button with it.
    request_animation_frame(move || screen::focus(&next));
}

fn change(store: Store, label: &str, text: Result<String, String>) {
    match text {
        Ok(text) => store.set_tests(label, &text),
        Err(why) => store.say(why),
    }
}

fn failure(failure: &Failure) -> AnyView {
    let Failure { call, line, tool, at, differences, message } = failure;
    let place = format!("Line {line}, call {call}: {} at {at}.", legible(tool));
    let differences: Vec<AnyView> = differences
        .iter()
        .map(|difference| view! { <li><code>{difference.clone()}</code></li> }.into_any())
        .collect();
    let message = format!("The verdict says: {message}");
    view! { <li>{place}<ul>{differences}</ul><p class="hint">{message}</p></li> }.into_any()
}
