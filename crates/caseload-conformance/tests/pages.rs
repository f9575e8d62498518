//! Pages put together are the whole list, also while somebody writes between them.

#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::fmt::Debug;

use caseload::{
    Actor, Agency, Asked, Day, Error, KnownAt, Line, Lines, MemoryLog, Paged, Snapshot, StaffId,
    jsonl::Replay, log::More,
};
use caseload_conformance::generate::Generator;

/// An agency in which something happens whenever a page is turned.
struct Busy {
    generator: Generator,
    replay: Replay,
    agency: Agency,
}

impl Busy {
    fn new(seed: u64) -> Busy {
        let agency = Agency::open(MemoryLog::new()).unwrap();
        let replay = Replay::new(agency.clone());
        let mut busy = Busy { generator: Generator::new(seed), replay, agency };
        busy.go_on(400);
        busy
    }

    fn go_on(&mut self, lines: u32) {
        for _ in 0..lines {
            let mut line = self.generator.next_line();
            // Whoever is forgotten is forgotten in earlier answers, too: a list and its pages would differ.
            while line.contains("\"forget\"") {
                line = self.generator.next_line();
            }
            self.replay.line(&line);
        }
    }

    /// Turns the pages of a list, one line of somebody else's after each, and holds them against the whole.
    fn turn_pages<T: Clone + PartialEq + Debug>(
        &mut self,
        whole: &[T],
        limit: usize,
        page: impl Fn(Option<&T>) -> Result<Paged<T>, Error>,
    ) -> usize {
        let mut put_together: Vec<T> = Vec::new();
        let mut pages = 0;
        loop {
            let next = page(put_together.last()).unwrap();
            pages += 1;
            assert!(next.items.len() <= limit);
            put_together.extend(next.items);
            if next.more == More::No {
                break;
            }
            assert!(put_together.len() < whole.len(), "there was nothing more");
            self.go_on(1);
        }
        assert_eq!(put_together, whole);
        pages
    }
}

fn in_one(lines: Lines) -> Vec<Line> {
    let enrollments = lines.enrollments.into_iter().map(Line::Enrollment);
    enrollments.chain(lines.assignments.into_iter().map(Line::Assignment)).collect()
}

/// How many pages were turned in all.
fn every_list(busy: &mut Busy, snapshot: &Snapshot, asked: &Asked, limit: usize) -> usize {
    let of = asked.clone();
    let mut pages = 0;
    let programs = snapshot.programs(of.known_at).unwrap();
    let staff = snapshot.staff(of.known_at).unwrap();
    pages += busy.turn_pages(&programs, limit, |after| {
        snapshot.programs_page(of.known_at, after.map(|(program, _)| &program.id), limit)
    });
    pages += busy.turn_pages(&staff, limit, |after| {
        snapshot.staff_page(of.known_at, after.map(|(staff, _)| &staff.id), limit)
    });
    let held = snapshot.held(None, &of).unwrap();
    pages += busy.turn_pages(&held, limit, |after| snapshot.held_page(None, &of, after, limit));
    let counts = snapshot.counts(None, &of).unwrap().to_vec();
    pages += busy.turn_pages(&counts, limit, |after| snapshot.counts_page(None, &of, after, limit));
    let everything = in_one(snapshot.everything(&of).unwrap());
    pages += busy.turn_pages(&everything, limit, |after| {
        snapshot.everything_page(&of, after.map(Line::id).as_ref(), limit)
    });
    for (member, _) in &staff {
        let caseload = snapshot.caseload(&member.id, None, &of).unwrap();
        pages += busy.turn_pages(&caseload, limit, |after| {
            snapshot.caseload_page(&member.id, None, &of, after, limit)
        });
    }
    for (program, _) in &programs {
        let unassigned = snapshot.unassigned(&program.id, &of).unwrap();
        pages += busy.turn_pages(&unassigned, limit, |after| {
            snapshot.unassigned_page(&program.id, &of, after, limit)
        });
        for participant in held.iter().map(|held| &held.participant) {
            let history = in_one(snapshot.history(participant, &program.id, &of).unwrap());
            pages += busy.turn_pages(&history, limit, |after| {
                let after = after.map(Line::id);
                snapshot.history_page(participant, &program.id, &of, after.as_ref(), limit)
            });
        }
    }
    pages
}

#[test]
fn pages_put_together_are_the_whole_whoever_writes_meanwhile() {
    let day: Day = "2024-01-20".parse().unwrap();
    let mut pages = 0;
    for seed in 0..6 {
        let mut busy = Busy::new(seed);
        let snapshot = busy.agency.snapshot().unwrap();
        let before = snapshot.head().position;
        let asked = Asked::of(day);
        let earlier = asked.clone().known_at(KnownAt::Position(before / 2));
        let by_staff = asked.clone().by(Actor::Staff(StaffId::new("s1").unwrap()));
        for asked in [asked, earlier, by_staff] {
            for limit in [1, 3, 1_000] {
                pages += every_list(&mut busy, &snapshot, &asked, limit);
            }
        }
        let after = busy.agency.head().position;
        assert!(after > before + 20, "little was written meanwhile: {}", after - before);
    }
    assert!(pages > 2_000, "only {pages} pages");
}
