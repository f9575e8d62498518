"""Who was responsible for whom, on which day? Caseload rules for case-management products.

A few lines for a product:

    >>> import caseload
    >>> from datetime import date
    >>> agency = caseload.open(":memory:", zone="America/Chicago")
    >>> desk = agency.acting_as("root", on=date(2024, 6, 15))
    >>> _ = desk.define_program(id="housing")
    >>> _ = desk.register_staff(id="maria")
    >>> _ = desk.enroll(participant="P-1023", program="housing", start=date(2024, 3, 1))

Too early is refused, with the day that would pass:

    >>> early = dict(staff="maria", participant="P-1023", program="housing", start=date(2024, 2, 1))
    >>> print(desk.review.assign(**early).violations[0])
    outside-enrollment (start): no single enrollment covers every day; ...; 2024-03-01 would pass
    >>> _ = desk.assign(**{**early, "start": date(2024, 3, 1)})

A few lines for a notebook: `agency.daily_series(start=..., end=...).to_polars()`, or `.chart()`.

Commands are on `Desk`, questions and reports on `Agency` and `Snapshot`, what goes wrong in `errors`.
"""

from caseload.agency import Agency, Snapshot, Verified, open, restore
from caseload.desk import Desk, ReviewDesk
from caseload.errors import (
    Backend,
    Bug,
    Cancelled,
    CaseloadError,
    Closed,
    Conflict,
    Corrupt,
    Diverged,
    Full,
    Incompatible,
    InputError,
    Locked,
    Nearest,
    ReadOnly,
    Refused,
    RequestIdReused,
    RowVerdict,
    StoreError,
    Unavailable,
    UnknownOutcome,
    Violation,
)
from caseload.policy import CaseloadLimit, Kind, Policy, Right
from caseload.progress import Progress
from caseload.receipt import Event, Outcome, Receipt, Verdict
from caseload.report import Report, Table
from caseload.rows import AssignRow, EndRow, EnrollmentRow
from caseload.taking_in import HmisImport, TableImport, Upload

__all__ = [
    "Agency",
    "AssignRow",
    "Backend",
    "Bug",
    "Cancelled",
    "CaseloadError",
    "CaseloadLimit",
    "Closed",
    "Conflict",
    "Corrupt",
    "Desk",
    "Diverged",
    "EndRow",
    "EnrollmentRow",
    "Event",
    "Full",
    "HmisImport",
    "Incompatible",
    "InputError",
    "Kind",
    "Locked",
    "Nearest",
    "Outcome",
    "Policy",
    "Progress",
    "ReadOnly",
    "Receipt",
    "Refused",
    "Report",
    "RequestIdReused",
    "ReviewDesk",
    "Right",
    "RowVerdict",
    "Snapshot",
    "StoreError",
    "Table",
    "TableImport",
    "Unavailable",
    "UnknownOutcome",
    "Upload",
    "Verdict",
    "Verified",
    "Violation",
    "open",
    "restore",
]
