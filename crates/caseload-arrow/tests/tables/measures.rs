//! Flow, continuity and lengths.

use std::collections::BTreeSet;

use caseload::report::{Census, Filter, InRole, Ratio, Stay};

use crate::{
    read::{assert_rows, row, table},
    told::{Told, on, range},
};

fn as_float(ratio: Option<Ratio>) -> Option<f64> {
    ratio.map(Ratio::as_f64)
}

fn in_three(ratio: Option<Ratio>) -> Vec<String> {
    row![ratio.map(Ratio::numerator), ratio.map(|r| r.denominator().get()), as_float(ratio)]
}

#[test]
fn the_flow_of_each_month_and_the_lengths_of_what_ended() {
    let mut told = Told::of_everything();
    // Two of one length that end in one month.
    told.assign("f1 s2 c2 p1 2024-01-20 2024-02-05");
    told.assign("f2 s3 c2 p1 2024-01-21 2024-02-06");
    let spring = range("2024-01-15", "2024-06-01");
    let report = told.snapshot().flow(spring, &Filter::all(), &on("2024-06-15")).unwrap();
    assert!(report.len() > 8);
    let months = report.iter().map(|(program, month, flow)| {
        let mut row = row![program, month.first(), month.end()];
        row.extend(row![flow.carried_in, flow.opened, flow.transferred_in]);
        row.extend(row![flow.closed, flow.transferred_out, flow.carried_out]);
        row.extend(row![flow.served_cases, flow.served_participants]);
        row.extend(in_three(flow.median_length()));
        row
    });
    let columns = "program start end carried_in opened transferred_in closed transferred_out \
                   carried_out served_cases served_participants \
                   median_length_numerator median_length_denominator median_length";
    assert_rows(&report, "flow", columns, months);

    let mut lengths = Vec::new();
    for (program, month, flow) in report.iter() {
        for length in flow.lengths().iter().collect::<BTreeSet<_>>() {
            let count = flow.lengths().iter().filter(|one| *one == length).count();
            lengths.push(row![program, month.first(), month.end(), *length, count.to_string()]);
        }
    }
    let twice = row!["p1", "2024-02-01", "2024-03-01", 16u32, 2u64];
    assert!(lengths.contains(&twice));
    assert_rows(&report, "flow_lengths", "program start end length cases", lengths);
}

#[test]
fn continuity_by_timeline_worker_program_and_cohort() {
    let told = Told::of_everything();
    let spring = range("2024-01-01", "2024-06-01");
    let report = told
        .snapshot()
        .worker_continuity(spring, &InRole::Any, &Filter::all(), &on("2024-06-15"))
        .unwrap();
    let timelines = report.timelines.iter().map(|((program, participant), one)| {
        let mut row = row![program, participant, one.changes, one.assigned_days()];
        row.extend(row![one.enrolled_days, one.uncovered_days, one.broken_pairs]);
        row.extend(row![one.census == Census::Enrolled, as_float(one.changes_per_1000_days())]);
        row.extend(in_three(one.usual_worker_share()));
        row.extend(in_three(one.concentration()));
        row.extend(in_three(one.sequence()));
        row
    });
    let columns = "program participant changes assigned_days enrolled_days uncovered_days \
                   broken_pairs in_cohort changes_per_1000_days \
                   usual_worker_share_numerator usual_worker_share_denominator usual_worker_share \
                   concentration_numerator concentration_denominator concentration \
                   sequence_numerator sequence_denominator sequence";
    assert_rows(&report, "worker_continuity_timelines", columns, timelines);

    let workers = report.timelines.iter().flat_map(|((program, participant), one)| {
        one.days.iter().map(move |(staff, days)| row![program, participant, staff, *days])
    });
    let columns = "program participant staff days";
    assert_rows(&report, "worker_continuity_workers", columns, workers);

    let sums = report.sums.iter().map(|(of, sum)| {
        let mut row = row![of.program, sum.changes, sum.assigned_days, sum.enrolled_days];
        row.extend(row![sum.uncovered_days, as_float(sum.changes_per_1000_days())]);
        row.extend(row![as_float(sum.uncovered_share())]);
        row
    });
    let columns = "program changes assigned_days enrolled_days uncovered_days \
                   changes_per_1000_days uncovered_share";
    assert_rows(&report, "worker_continuity_sums", columns, sums);

    let mut groups = Vec::new();
    for (of, sum) in report.sums.iter() {
        for (changes, count) in &sum.cohort {
            groups.push(row![of.program, *changes, *count]);
        }
    }
    assert!(groups.len() > 2);
    assert_rows(&report, "worker_continuity_cohort", "program changes timelines", groups);
}

#[test]
fn lengths_curves_and_sums_of_stays() {
    let told = Told::of_everything();
    let spring = range("2024-01-01", "2024-06-01");
    for (stay, word) in [(Stay::Enrollment, "enrollment"), (Stay::Assignment, "assignment")] {
        let report = told
            .snapshot()
            .length_of_stay(stay, spring, &Filter::all(), &on("2024-06-15"))
            .unwrap();
        let sums = report.lengths.iter().map(|(of, all)| {
            let mut row = row![of.staff, of.program, all.starts, all.ends(), all.open()];
            row.extend(row![all.covered_days, all.range_days]);
            row.extend(row![all.first_quartile(), all.median(), all.third_quartile()]);
            row.extend(row![as_float(all.mean_stock()), as_float(all.mean_by_littles_law())]);
            row
        });
        let columns = "staff program starts ends open covered_days range_days \
                       first_quartile median third_quartile mean_stock mean_by_littles_law";
        assert_rows(&report, "length_of_stay", columns, sums);

        let (mut lengths, mut steps) = (Vec::new(), Vec::new());
        for (of, all) in &report.lengths {
            for (days, at) in &all.at {
                lengths.push(row![of.staff, of.program, *days, at.entered, at.ended, at.open]);
            }
            for step in all.curve() {
                let (days, survival) = (step.days, step.survival);
                steps.push(row![of.staff, of.program, days, step.at_risk, step.ended, survival]);
            }
        }
        assert!(!steps.is_empty());
        let columns = "staff program length entered ended open";
        assert_rows(&report, "length_of_stay_lengths", columns, lengths);
        let columns = "staff program length at_risk ended survival";
        assert_rows(&report, "length_of_stay_curves", columns, steps);
        let schema = table(&report, "length_of_stay").schema();
        assert_eq!(schema.metadata().get("caseload.stay").unwrap(), word);
    }
}
