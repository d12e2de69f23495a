use std::sync::Arc;

use gatewright_core::scenario::notation;

use super::*;
use crate::model::document::{Document, GoodVersion};
use crate::model::dry_run::DryRun;
use crate::model::samples;
use crate::model::traffic::Log;
use crate::model::what_if::WhatIf;

/// A file that holds nothing.
fn no_file(_: Range<u64>) -> Option<Vec<u8>> {
    None
}

/// All answers to a question, each sent as bytes.
fn answers(engine: &mut Engine, question: &Question, file: Piece<'_>) -> Vec<Answer> {
    let sent = postcard::to_allocvec(question).unwrap();
    let mut asked = Asked::new(postcard::from_bytes(&sent).unwrap());
    let mut answers: Vec<Answer> = Vec::new();
    while !answers.last().is_some_and(Answer::is_last) {
        let answer = postcard::to_allocvec(&asked.step(engine, file)).unwrap();
        answers.push(postcard::from_bytes(&answer).unwrap());
    }
    answers
}

fn version(max: u32) -> Arc<GoodVersion> {
    let text = samples::FIRST.text.replace("\"max\": 10", &format!("\"max\": {max}"));
    Arc::clone(Document::new(&text).good().unwrap())
}

fn scenario(text: &str) -> String {
    serde_json::to_string(&notation::parse(text).unwrap()).unwrap()
}

fn ran(engine: &mut Engine, version: &Arc<GoodVersion>, calls: Source) -> DryRun {
    ran_of(engine, version, calls, None)
}

/// The run of calls that are known, or arrive with it.
fn ran_of(
    engine: &mut Engine,
    version: &Arc<GoodVersion>,
    calls: Source,
    known: Option<&Arc<Calls>>,
) -> DryRun {
    let are_known = known.is_some();
    let question = Question::Run { policy: version.text().to_owned(), calls, are_known };
    let mut arriving = Arriving::new(Arc::clone(version), known.cloned());
    let rest: Vec<Answer> = answers(engine, &question, &no_file)
        .into_iter()
        .filter_map(|answer| arriving.take(answer).err())
        .collect();
    let Some(Answer::Ran(summary)) = rest.last() else { panic!("{rest:?}") };
    arriving.whole(summary).unwrap()
}

fn here(version: &Arc<GoodVersion>, text: &str) -> DryRun {
    DryRun::new(Arc::clone(version), Arc::new(notation::parse(text).unwrap().calls().unwrap()))
}

/// Some more than are judged at once, of two tools.
const MANY: &str = "run_tests × 100/s for 10m as ci\nls × 1000 every 1s as dev";

#[test]
fn a_run_in_the_worker_is_the_run_here() {
    let mut engine = Engine::default();
    // The second time it is taken up from the run of the first, as if the policy had been edited.
    for max in [10, 20] {
        let version = version(max);
        let away = ran(&mut engine, &version, Source::Scenario(scenario(MANY)));
        let here = here(&version, MANY);
        assert_eq!(format!("{:?}", away.run), format!("{:?}", here.run), "max {max}");
        assert_eq!((away.calls.len(), away.time), (61_000, here.time));
        assert_eq!(away.calls.get(60_999), here.calls.get(60_999));
        assert!((0..61_000).all(|call| away.likeness.group_of(call) == here.likeness.group_of(call)));
        for index in [10, 50_000] {
            let told = answers(&mut engine, &Question::Explain { index }, &no_file).pop();
            let Some(Answer::Explained(json)) = told else { panic!("{told:?}") };
            let index = usize::try_from(index).unwrap();
            assert_eq!(away.explained(index, serde_json::from_str(&json).unwrap()), here.explain(index));
        }
    }
}

#[test]
fn agents_that_wait_are_played_in_the_worker() {
    let text = "loop run_tests every 1s until 25 allowed on denial wait for reset";
    let run = ran(&mut Engine::default(), &version(10), Source::Scenario(scenario(text)));
    assert_eq!((run.calls.len(), run.run.summary.denied), (27, 2), "two denials, each waited out");
}

#[test]
fn calls_that_are_brought_are_kept_for_some_runs() {
    let mut engine = Engine::default();
    let first = here(&version(10), MANY);
    for range in stretches(first.calls.len()) {
        let keep = Question::Keep { number: 7, part: first.calls.part(range) };
        assert!(matches!(answers(&mut engine, &keep, &no_file).as_slice(), [Answer::Done]));
    }
    let run = ran_of(&mut engine, &version(10), Source::Kept(7), Some(&first.calls));
    assert_eq!(format!("{:?}", run.run), format!("{:?}", first.run));
    for number in [8, 9, 10] {
        let keep = Question::Keep { number, part: first.calls.part(0..1) };
        answers(&mut engine, &keep, &no_file);
    }
    let question =
        Question::Run { policy: samples::FIRST.text.to_owned(), calls: Source::Kept(7), are_known: true };
    assert!(matches!(answers(&mut engine, &question, &no_file).as_slice(), [Answer::NotKept]));
}

#[test]
fn calls_that_are_known_do_not_come_again() {
    let mut engine = Engine::default();
    let first = ran(&mut engine, &version(10), Source::Scenario(scenario(MANY)));
    let again = Question::Run {
        policy: version(20).text().to_owned(),
        calls: Source::Scenario(scenario(MANY)),
        are_known: true,
    };
    let answers = answers(&mut engine, &again, &no_file);
    assert!(!answers.iter().any(|answer| matches!(answer, Answer::Calls(_))));
    let edited = ran_of(&mut engine, &version(20), Source::Scenario(scenario(MANY)), Some(&first.calls));
    assert!(Arc::ptr_eq(&edited.calls, &first.calls), "an edit leaves the same calls");
    assert_eq!(format!("{:?}", edited.run), format!("{:?}", here(&version(20), MANY).run));
}

#[test]
fn a_pinned_policy_is_compared_in_the_worker() {
    let mut engine = Engine::default();
    let (pinned, now) = (version(10), version(20));
    let run = ran(&mut engine, &now, Source::Scenario(scenario(MANY)));
    let question = Question::Compare { pinned: pinned.text().to_owned() };
    let mut arriving = Arriving::new(Arc::clone(&pinned), Some(Arc::clone(&run.calls)));
    let told = answers(&mut engine, &question, &no_file);
    let rest: Vec<Answer> = told.into_iter().filter_map(|answer| arriving.take(answer).err()).collect();
    let Some(Answer::Compared(json)) = rest.last() else { panic!("{rest:?}") };
    let away = WhatIf::of(Arc::clone(&pinned), arriving.run(), serde_json::from_str(json).unwrap(), &run);
    let here = WhatIf::new(pinned, &here(&now, MANY));
    assert_eq!(away.difference, here.difference);
    assert_eq!(away.before.reason, here.before.reason);
    assert_eq!(format!("{:?}", away.before.lanes), format!("{:?}", here.before.lanes));
}

#[test]
fn every_way_to_count_and_every_start_is_told() {
    let mut engine = Engine::default();
    let run = ran(&mut engine, &version(10), Source::Scenario(scenario(MANY)));
    let counted: Vec<Counted> = answers(&mut engine, &Question::Count, &no_file)
        .into_iter()
        .filter_map(|answer| if let Answer::Counted(counted) = answer { Some(counted) } else { None })
        .collect();
    let here: Vec<Counted> =
        crate::model::counting::ways().into_iter().map(|way| Counted::new(&run, way)).collect();
    assert_eq!(counted, here);
    let starts = Question::Starts {
        policy: samples::FIRST.text.to_owned(),
        scenario: scenario("run_tests × 12/s for 5m"),
    };
    let started: Vec<Phase> = answers(&mut engine, &starts, &no_file)
        .into_iter()
        .filter_map(|answer| if let Answer::Started(phase) = answer { Some(phase) } else { None })
        .collect();
    let allowed: Vec<usize> = started.iter().map(|phase| phase.allowed).collect();
    assert_eq!((allowed.len(), allowed[0], allowed[1]), (60, 50, 60));
}

#[test]
fn the_max_that_would_do_is_found() {
    let mut engine = Engine::default();
    let text = "run_tests × 12/s for 5m";
    let log = here(&version(10), text);
    engine.keep(3, Arc::clone(&log.calls));
    let mut solve = |calls: &Source, most_a_day| {
        let policy = samples::FIRST.text.to_owned();
        let question = Question::Solve { policy, calls: calls.clone(), limit: 0, most_a_day };
        let told = answers(&mut engine, &question, &no_file).pop();
        let Some(Answer::Solved(solved)) = told else { panic!("{told:?}") };
        solved
    };
    for calls in [Source::Scenario(scenario(text)), Source::Kept(3)] {
        let smallest = solve(&calls, None);
        assert_eq!(smallest.max.as_deref(), Some("720"));
        assert!(smallest.words.starts_with("From a max of 720 on, run_tests_rate lets every call through"));
        assert_eq!(solve(&calls, Some(100)).max.as_deref(), Some("20"), "20 in each of five minutes");
        assert_eq!(solve(&calls, Some(9_999)).max, None, "any will do");
    }
}

#[test]
fn what_a_log_teaches_is_told_as_it_is_here() {
    let line =
        |at: u32| format!("{{\"at\": {}, \"tool\": \"run_tests\", \"args\": {{\"n\": {at}}}}}\n", at * 500);
    let log = Log::read("a.jsonl".to_owned(), (0..50).map(line).collect());
    let mut engine = Engine::default();
    engine.keep(5, Arc::clone(&log.own));
    let options = LearnOptions { hold_out: 20, ..LearnOptions::default() };
    let told = answers(&mut engine, &Question::Learn { number: 5, options }, &no_file).pop();
    let Some(Answer::Learned(lesson)) = told else { panic!("{told:?}") };
    assert_eq!(*lesson, Lesson::of(&log.own, options));
    assert!(lesson.held_out.is_some());
    let gone = answers(&mut engine, &Question::Learn { number: 6, options }, &no_file).pop();
    assert!(matches!(gone, Some(Answer::NotKept)), "{gone:?}");
}

#[test]
fn a_file_is_read_piece_by_piece() {
    let line = |at: u32| format!("{{\"at\": {at}, \"tool\": \"run_tests\", \"grant\": \"g\"}}\n");
    let text: String = (0..50_000).map(line).chain(["not a call\n".to_owned()]).collect();
    assert!(text.len() > 2 << 20, "several pieces");
    let bytes = text.clone().into_bytes();
    let file = |range: Range<u64>| {
        let place = |byte: u64| usize::try_from(byte).unwrap().min(bytes.len());
        Some(bytes[place(range.start)..place(range.end)].to_vec())
    };
    let log = Log::read("a.jsonl".to_owned(), text.clone());
    for (text, number) in [(None, 1), (Some(text), 2)] {
        let mut engine = Engine::default();
        let question = Question::Read { number, text, times: (0, 1_000), redacts: false };
        let mut calls = Calls::default();
        let mut report = None;
        for answer in answers(&mut engine, &question, &file) {
            match answer {
                Answer::Calls(part) => calls.add(*part),
                Answer::Read(told) => report = Some(told),
                other => assert!(matches!(other, Answer::Progress { .. }), "{other:?}"),
            }
        }
        let report = report.unwrap();
        assert_eq!((report.words.as_str(), calls.len()), (log.report.words.as_str(), 50_000));
        assert_eq!(report.unreadable.len(), 1);
        assert_eq!(calls.get(49_999), log.calls.get(49_999));
        assert_eq!(engine.calls(number).unwrap().len(), 50_000);
    }
    let gone = answers(
        &mut Engine::default(),
        &Question::Read { number: 1, text: None, times: (0, 1), redacts: false },
        &no_file,
    );
    assert!(matches!(gone.as_slice(), [Answer::Failed(_)]), "the file is gone");
}
