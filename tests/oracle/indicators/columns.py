"""The tables that facts, answers and reference rows are loaded into, and what of them is asked for."""

DETAILS = {
    "fee_amount": "BIGINT",
    "online_payment": "TEXT",
    "parts": "BIGINT",
    "digitised_parts": "BIGINT",
    "reused_parts": "BIGINT",
    "is_result_electronic": "BOOLEAN",
    "is_population_data_used": "BOOLEAN",
    "is_electronic": "BOOLEAN",
    "sender": "TEXT",
    "about_case_id": "TEXT",
    "answer": "TEXT",
    "is_satisfied": "BOOLEAN",
    "is_raised_again": "BOOLEAN",
    "payment_status": "TEXT",
    "module": "TEXT",
    "is_personal_number_issued": "BOOLEAN",
    "is_code_valid": "BOOLEAN",
}
ENTRY = {
    "procedure": "TEXT",
    "unit": "TEXT",
    "level": "TEXT",
    "announced_on": "DATE",
    "decision_on": "DATE",
    "effective_on": "DATE",
    "published_on": "DATE",
    "is_complete": "BOOLEAN",
    "online_level": "TEXT",
    "has_fee": "BOOLEAN",
    "is_fee_integrated": "BOOLEAN",
    "is_subject_person": "BOOLEAN",
    "is_population_connected": "BOOLEAN",
    "valid_from": "DATE",
    "valid_to": "DATE",
}
COLUMNS = {
    "known": "no INTEGER, case_no INTEGER, namespace TEXT, event_id TEXT, source TEXT, sequence BIGINT, domain TEXT, "
    "kind TEXT, rank INTEGER, occurred_at BIGINT, recorded_at BIGINT, channel TEXT, due_at BIGINT, source_status TEXT, "
    "content TEXT, claim TEXT, since BIGINT, " + ", ".join(" ".join(column) for column in DETAILS.items()),
    "retracted": "no INTEGER, event_id TEXT",
    "owner": "namespace TEXT, occurred_at BIGINT, source TEXT",
    "backfill": "source TEXT, since BIGINT, until BIGINT",
    "state": "case_no INTEGER, policy TEXT, track TEXT, since BIGINT, until BIGINT, ended_at BIGINT, "
    "is_new_end BOOLEAN, unit TEXT, procedure TEXT, bucket TEXT",
    "orphan": "case_no INTEGER, since BIGINT, until BIGINT",
    "place": "case_no INTEGER, since BIGINT, unit TEXT, procedure TEXT",
    "outcome": "case_no INTEGER, end_kind TEXT, end_at BIGINT, bucket TEXT, due_at BIGINT, "
    "due_source BIGINT, due_computed BIGINT, clock_start BIGINT, procedure TEXT, level TEXT, ahead_hours INTEGER, "
    "new_appointments INTEGER",
    "hand_over": "case_no INTEGER, end_kind TEXT, end_at BIGINT",
    "pause": "case_no INTEGER, begins BIGINT, ends BIGINT",
    "day": "day DATE, starts BIGINT, ends BIGINT",
    "session": "calendar INTEGER, day DATE, begins BIGINT, ends BIGINT",
    "covered": "calendar INTEGER, day DATE",
    "unit": "unit TEXT, level TEXT, calendar INTEGER",
    "above": "unit TEXT, pooled TEXT, distance INTEGER",
    "period": "period TEXT, starts BIGINT, ends BIGINT",
    "counts_in": "policy TEXT, bucket TEXT, numerator BOOLEAN, denominator BOOLEAN, total BOOLEAN",
    "procedure": "code TEXT, levels TEXT[], valid_from DATE, valid_to DATE, known_from BIGINT, fee TEXT, "
    "document_result BOOLEAN",
    "allowance": "indicator TEXT, step TEXT, working_days INTEGER, valid_from DATE, valid_to DATE, known_from BIGINT",
    "threshold": '"table" TEXT, "group" TEXT, indicator TEXT, max_points INTEGER, rule TEXT, threshold INTEGER, '
    "none TEXT, valid_from DATE, valid_to DATE, known_from BIGINT",
    "catalogue": ", ".join(" ".join(column) for column in ENTRY.items()) + ", known_from BIGINT",
    "portal": "unit TEXT, period TEXT, synchronised BIGINT, known_to_portal BIGINT, as_of BIGINT, known_from BIGINT",
    "agency": "unit TEXT, link TEXT, valid_from DATE, valid_to DATE, known_from BIGINT",
    "drilled": "id TEXT",
}
