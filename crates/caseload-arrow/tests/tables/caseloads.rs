//! Caseloads of a day and of the days of a range.

use caseload::{
    Day, EnrollmentId, ParticipantId,
    report::{By, CaseloadFilter, Filter, OnCaseload, Range, When},
};

use caseload_arrow::ToArrow;

use crate::{
    read::{assert_rows, row, rows_of, table},
    told::{Told, day, on, range},
};

const CASE: &str = "staff program participant assignment role start";

#[test]
fn the_current_caseload_is_cases_and_loads() {
    let told = Told::of_everything();
    let report = told.snapshot().current_caseload(&Filter::all(), &on("2024-02-20")).unwrap();
    let cases = report
        .cases
        .iter()
        .map(|c| row![c.staff, c.program, c.participant, c.assignment, c.role, c.start]);
    assert_rows(&report, "current_caseload_cases", CASE, cases);
    let loads = report.loads.iter().map(|(of, load)| {
        row![of.staff, of.program, load.cases, load.participants, load.primaries]
    });
    let columns = "staff program cases participants primaries";
    assert_rows(&report, "current_caseload_loads", columns, loads);
    let read = rows_of(&table(&report, "current_caseload_loads").into_batches().unwrap());
    assert_eq!(
        read[0],
        ["-", "-", "4", "3", "1"],
        "the sum of all is first, and null in both columns"
    );
    for table in report.tables() {
        let schema = table.schema();
        assert_eq!(schema.metadata().get("caseload.as_of").unwrap(), "2024-02-20");
        assert_eq!(
            schema.metadata().get("caseload.schema").unwrap(),
            &format!("{}/1", table.name())
        );
    }
}

#[test]
fn the_average_has_numerator_and_denominator() {
    let told = Told::of_everything();
    let spring = range("2024-02-01", "2024-05-01");
    let report =
        told.snapshot().average_daily_caseload(spring, &Filter::all(), &on("2024-06-15")).unwrap();
    let rows = report.covered_days.iter().map(|(of, covered)| {
        let average = report.average(&of).unwrap();
        row![of.staff, of.program, *covered, 90u64, average.as_f64()]
    });
    let columns = "staff program covered_days range_days average_daily_caseload";
    assert_rows(&report, "average_daily_caseload", columns, rows);
    let schema = table(&report, "average_daily_caseload").schema();
    let about = |key: &str| schema.metadata().get(key).map(String::as_str);
    assert_eq!(
        (about("caseload.from"), about("caseload.to")),
        (Some("2024-02-01"), Some("2024-05-01"))
    );
}

#[test]
fn the_daily_series_is_a_row_for_each_day_of_each() {
    let told = Told::of_everything();
    let spring = range("2024-01-01", "2024-04-01");
    for (by, word) in [
        (By::Staff, "staff"),
        (By::Program, "program"),
        (By::StaffAndProgram, "staff_and_program"),
        (By::All, "all"),
    ] {
        let report =
            told.snapshot().daily_series(spring, by, &Filter::all(), &on("2024-06-15")).unwrap();
        let of: Vec<_> = report.iter().collect();
        let rows = spring.each_day().enumerate().flat_map(|(place, day)| {
            of.iter().map(move |(of, counts)| row![day, of.staff, of.program, counts[place]])
        });
        assert_rows(&report, "daily_series", "day staff program cases", rows);
        let schema = table(&report, "daily_series").schema();
        assert_eq!(schema.metadata().get("caseload.by").unwrap(), word);
    }
}

#[test]
fn a_range_to_the_last_day_of_the_calendar_names_no_end() {
    let told = Told::of_everything();
    let last = Range::from_last_day(Day::LAST, Day::LAST).unwrap();
    let report =
        told.snapshot().daily_series(last, By::All, &Filter::all(), &on("2024-06-15")).unwrap();
    assert_rows(
        &report,
        "daily_series",
        "day staff program cases",
        [row!["9999-12-31", "-", "-", 2u32]],
    );
    let schema = table(&report, "daily_series").schema();
    assert_eq!(schema.metadata().get("caseload.to"), None);
}

#[test]
fn the_distribution_has_cases_and_spreads() {
    let told = Told::of_everything();
    let report = told.snapshot().caseload_distribution(&Filter::all(), &on("2024-02-20")).unwrap();
    let cases = report.cases.iter().map(|(of, cases)| row![of.staff, of.program, *cases]);
    assert_rows(&report, "caseload_distribution_cases", "staff program cases", cases);
    let programs = [None].into_iter().chain(report.cases.programs().iter().map(Some));
    let spreads = programs.map(|program| {
        let spread = report.spread(program);
        let ends = spread.least_and_most();
        let mut row =
            row![program, spread.staff(), spread.cases(), ends.map(|e| e.0), ends.map(|e| e.1)];
        for ratio in [
            spread.mean(),
            spread.median(),
            spread.max_over_mean(),
            spread.variation_squared(),
            spread.gini(),
        ] {
            row.extend(row![
                ratio.map(|ratio| ratio.numerator()),
                ratio.map(|ratio| ratio.denominator().get()),
                ratio.map(|ratio| ratio.as_f64()),
            ]);
        }
        row
    });
    let columns = "program staff_members cases least most \
                   mean_numerator mean_denominator mean median_numerator median_denominator median \
                   max_over_mean_numerator max_over_mean_denominator max_over_mean \
                   variation_squared_numerator variation_squared_denominator variation_squared \
                   gini_numerator gini_denominator gini";
    assert_rows(&report, "caseload_distribution_spreads", columns, spreads);
    let read = rows_of(&table(&report, "caseload_distribution_spreads").into_batches().unwrap());
    assert_eq!(read[1][11], "-", "one caseload alone is neither even nor uneven");
}

#[test]
fn matches_keep_the_order_of_the_list() {
    let told = Told::of_everything();
    let (snapshot, asked) = (told.snapshot(), on("2024-02-20"));
    let filter = CaseloadFilter::when(When::AsOf(day("2024-02-20")));
    let list = ["c3", "nobody", "c1", "c3"].map(|id| ParticipantId::new(id).unwrap());
    let report = snapshot.on_caseload(&list, &filter, &asked).unwrap();
    let mask = [row![0u64, true], row![1u64, false], row![2u64, true], row![3u64, true]];
    assert_rows(&report, "on_caseload", "row on_caseload", mask);
    assert_rows(&report, "on_caseload_ids", "participant", [row!["c1"], row!["c3"]]);

    let list = ["e5", "e1"].map(|id| EnrollmentId::new(id).unwrap());
    let report = snapshot.enrollments_on_caseload(&list, &filter, &asked).unwrap();
    let rows = (0u64..).zip(&report.mask).map(|(row, on)| row![row, *on == OnCaseload::Yes]);
    assert_rows(&report, "enrollments_on_caseload", "row on_caseload", rows);
    assert_rows(&report, "enrollments_on_caseload_ids", "enrollment", [row!["e1"]]);
}
