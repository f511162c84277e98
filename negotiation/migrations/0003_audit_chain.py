"""The audit rows become a chain. What is there is chained in the order in which it was written."""

import hashlib
from datetime import timezone

import rfc8785
from django.db import migrations, models

GENESIS = "0" * 64
LARGEST_NUMBER = 2**53 - 1
CHUNK = 500


def chain(apps, schema_editor):
    entries = apps.get_model("negotiation", "AuditEntry").objects.using(
        schema_editor.connection.alias
    )
    number, last = 0, GENESIS
    done: list = []
    for entry in entries.order_by("id").iterator(chunk_size=CHUNK):
        number += 1
        entry.number, entry.previous_hash = number, last
        entry.details = _plain(entry.details)
        entry.hash = last = _sha256(last + _sha256(_canonical(entry)))
        done.append(entry)
        if len(done) == CHUNK:
            _write(entries, done)
    _write(entries, done)
    heads = apps.get_model("negotiation", "AuditHead").objects.using(schema_editor.connection.alias)
    heads.create(pk=1, number=number, hash=last)


def _write(entries, done):
    entries.bulk_update(done, ["number", "previous_hash", "hash", "details"])
    done.clear()


def _canonical(entry):
    return rfc8785.dumps(
        {
            "number": str(entry.number),
            "at": entry.at.astimezone(timezone.utc).isoformat(timespec="microseconds"),
            "actor": entry.actor,
            "user": None if entry.user_id is None else str(entry.user_id),
            "action": entry.action,
            "subject": entry.subject,
            "subject_id": str(entry.subject_id),
            "details": entry.details,
        }
    ).decode()


def _plain(value):
    """What RFC 8785 has no number for becomes a text."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:
        return repr(value)
    return value


def _sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Migration(migrations.Migration):

    dependencies = [
        ("negotiation", "0002_decisions_come_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField()),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="audit_has_one_head"),
                ],
            },
        ),
        migrations.AddField("auditentry", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("auditentry", "previous_hash", models.CharField(max_length=64, null=True)),
        migrations.AddField("auditentry", "hash", models.CharField(max_length=64, null=True)),
        migrations.RunPython(chain, migrations.RunPython.noop, elidable=False),
        migrations.AlterField("auditentry", "number", models.PositiveBigIntegerField(unique=True)),
        migrations.AlterField("auditentry", "previous_hash", models.CharField(max_length=64)),
        migrations.AlterField("auditentry", "hash", models.CharField(max_length=64)),
        migrations.RemoveIndex("auditentry", "audit_by_subject"),
        migrations.AddIndex(
            "auditentry",
            models.Index(fields=["subject", "subject_id", "number"], name="audit_by_subject"),
        ),
        migrations.AddConstraint(
            "auditentry",
            models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="audit_numbers_begin_at_one"
            ),
        ),
        migrations.AlterModelOptions(
            "auditentry",
            options={"ordering": ["number"], "verbose_name_plural": "audit entries"},
        ),
    ]
