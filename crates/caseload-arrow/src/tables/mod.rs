//! The tables, one report a file.

mod average_daily;
mod caseload_distribution;
mod corrections;
mod counts;
mod coverage_gaps;
mod current_caseload;
mod daily_series;
mod flow;
mod held;
mod length_of_stay;
mod lines;
mod misplaced;
mod on_caseload;
mod participant_history;
mod table_import;
mod then_and_now;
mod transfers;
mod unassigned;
mod worker_continuity;

use crate::layout::Described;

/// The tables of one type.
pub(crate) struct Section {
    /// The type.
    pub(crate) from: &'static str,
    pub(crate) tables: Vec<Described>,
}

/// Every table, by the type that it is of.
pub(crate) fn sections() -> Vec<Section> {
    let section = |from, tables| Section { from, tables };
    vec![
        section("Lines", lines::described()),
        section("Vec<Held>", held::described()),
        section("Counts", counts::described()),
        section("CurrentCaseload", current_caseload::described()),
        section("Matches", on_caseload::described()),
        section("AverageDailyCaseload", average_daily::described()),
        section("DailySeries", daily_series::described()),
        section("Flow", flow::described()),
        section("Unassigned", unassigned::described()),
        section("CoverageGaps", coverage_gaps::described()),
        section("ParticipantHistory", participant_history::described()),
        section("Transfers", transfers::described()),
        section("WorkerContinuity", worker_continuity::described()),
        section("CaseloadDistribution", caseload_distribution::described()),
        section("LengthOfStay", length_of_stay::described()),
        section("Corrections", corrections::described()),
        section("ThenAndNow", then_and_now::described()),
        section("Misplaced", misplaced::described()),
        section("TableImport", table_import::described()),
    ]
}
