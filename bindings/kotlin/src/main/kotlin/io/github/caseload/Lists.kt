package io.github.caseload

// Every native list as `Rows`: `report.cases.rows().asFlow()`.

/** The list as [Rows]. */
fun HeldList.rows(): Rows<Held> = Rows(len(), this::page)

/** The list as [Rows]. */
fun CountList.rows(): Rows<Count> = Rows(len(), this::page)

/** The list as [Rows]. */
fun ParticipantList.rows(): Rows<ParticipantId> = Rows(len(), this::page)

/** The list as [Rows]. */
fun LineList.rows(): Rows<Line> = Rows(len(), this::page)

/** The list as [Rows]. */
fun ProgramList.rows(): Rows<Program> = Rows(len(), this::page)

/** The list as [Rows]. */
fun StaffList.rows(): Rows<Staff> = Rows(len(), this::page)

/** The list as [Rows]. */
fun CaseList.rows(): Rows<Case> = Rows(len(), this::page)

/** The list as [Rows]. */
fun LoadList.rows(): Rows<Load> = Rows(len(), this::page)

/** The list as [Rows]. */
fun CaseCountList.rows(): Rows<CaseCount> = Rows(len(), this::page)

/** The list as [Rows]. */
fun DailyCountList.rows(): Rows<DailyCount> = Rows(len(), this::page)

/** The list as [Rows]. */
fun AverageCaseloadList.rows(): Rows<AverageCaseload> = Rows(len(), this::page)

/** The list as [Rows]. */
fun MonthFlowList.rows(): Rows<MonthFlow> = Rows(len(), this::page)

/** The list as [Rows]. */
fun WaitingList.rows(): Rows<Waiting> = Rows(len(), this::page)

/** The list as [Rows]. */
fun WaitingCountList.rows(): Rows<WaitingCount> = Rows(len(), this::page)

/** The list as [Rows]. */
fun UncoveredList.rows(): Rows<Uncovered> = Rows(len(), this::page)

/** The list as [Rows]. */
fun HandOverList.rows(): Rows<HandOver> = Rows(len(), this::page)

/** The list as [Rows]. */
fun RouteCountList.rows(): Rows<RouteCount> = Rows(len(), this::page)

/** The list as [Rows]. */
fun AssignmentHistoryList.rows(): Rows<AssignmentHistory> = Rows(len(), this::page)

/** The list as [Rows]. */
fun EnrollmentHistoryList.rows(): Rows<EnrollmentHistory> = Rows(len(), this::page)

/** The list as [Rows]. */
fun ContinuityList.rows(): Rows<Continuity> = Rows(len(), this::page)

/** The list as [Rows]. */
fun ContinuitySumList.rows(): Rows<ContinuitySum> = Rows(len(), this::page)

/** The list as [Rows]. */
fun CorrectionList.rows(): Rows<Correction> = Rows(len(), this::page)

/** The list as [Rows]. */
fun MisplacedCaseList.rows(): Rows<MisplacedCase> = Rows(len(), this::page)

/** The list as [Rows]. */
fun LengthsList.rows(): Rows<Lengths> = Rows(len(), this::page)

/** The list as [Rows]. */
fun FileRowList.rows(): Rows<FileRow> = Rows(len(), this::page)

/** The list as [Rows]. */
fun RefusedRowList.rows(): Rows<RefusedRow> = Rows(len(), this::page)
