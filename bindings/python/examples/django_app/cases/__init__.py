"""Case notes beside caseloads."""
