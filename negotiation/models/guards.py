"""Triggers that refuse to change or remove audit rows, whoever writes.

Made after every `migrate`, because SQLite forgets a table's triggers when it is altered. The
owner of the database can drop them: that is what the chain is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLE = "negotiation_auditentry"
SENTENCE = "Audit rows are never changed and never removed."

POSTGRESQL = (
    f"""
    CREATE OR REPLACE FUNCTION {TABLE}_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '{SENTENCE}' USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    f"""
    CREATE OR REPLACE TRIGGER audit_rows_are_kept BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_is_kept()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER IF NOT EXISTS audit_rows_are_kept_{what.lower()} BEFORE {what} ON {TABLE}
    BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END
    """
    for what in ("UPDATE", "DELETE")
)
STATEMENTS: dict[str, Sequence[str]] = {"postgresql": POSTGRESQL, "sqlite": SQLITE}


def keep_audit_rows(using: str) -> None:
    """Harmless when the triggers are there already."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in STATEMENTS[connection.vendor]:
            cursor.execute(statement)
