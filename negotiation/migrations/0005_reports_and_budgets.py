import hashlib
import json

import rfc8785
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


CHUNK = 500


def fill(apps, schema_editor):
    """What is known of earlier decisions: the class of their action, their options and effects."""
    decisions = apps.get_model("negotiation", "Decision").objects.using(
        schema_editor.connection.alias
    )
    done: list = []
    for decision in decisions.select_related("negotiation__version").iterator(chunk_size=CHUNK):
        document, package = decision.negotiation.version.document, json.loads(decision.package)
        known = {
            "action": document["action"],
            "service": document["service"],
            "executor": document["executor"]["kind"],
            "seats": sorted(seat["name"] for seat in document["seats"]),
        }
        decision.action_class = hashlib.sha256(rfc8785.dumps(list(known.values()))).hexdigest()
        effects = package.get("effects") or {}
        decision.features = known | {
            "options": package.get("parameters") or {},
            "effects": {name: effect.get("value") for name, effect in effects.items()},
            "losses": {},
        }
        done.append(decision)
        if len(done) == CHUNK:
            _write(decisions, done)
    _write(decisions, done)


def _write(decisions, done):
    decisions.bulk_update(done, ["action_class", "features"])
    done.clear()


class Migration(migrations.Migration):

    dependencies = [
        ('negotiation', '0004_execution_drift'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HarmReservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('harm', models.FloatField()),
                ('reserved_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('ok', 'As it should be'), ('amended', 'Amended later'), ('rolled_back', 'Rolled back'), ('incident', 'Incident')], max_length=11)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('target', models.CharField(blank=True, max_length=60)),
                ('call', models.CharField(blank=True, max_length=100)),
                ('reported_at', models.DateTimeField()),
                ('replaced_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='RiskScope',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('service', models.CharField(max_length=200, unique=True)),
            ],
        ),
        migrations.AddField(
            model_name='decision',
            name='action_class',
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name='decision',
            name='features',
            field=models.JSONField(default=dict),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['action_class', 'status', '-id'], name='decision_precedents'),
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(fields=['cleared_at'], name='decision_cleared_of_late'),
        ),
        migrations.AddField(
            model_name='harmreservation',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='harm', to='negotiation.decision'),
        ),
        migrations.AddField(
            model_name='report',
            name='execution',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='negotiation.execution'),
        ),
        migrations.AddField(
            model_name='report',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='harmreservation',
            name='scope',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='negotiation.riskscope'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('execution',), name='report_one_is_current'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('call', ''), _negated=True), fields=('execution', 'call'), name='report_once_per_call'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('call', ''), ('person__isnull', False), ('target', '')), models.Q(('person__isnull', True), models.Q(('target', ''), _negated=True), models.Q(('call', ''), _negated=True)), _connector='OR'), name='report_is_somebodys'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['ok', 'amended', 'rolled_back', 'incident'])), name='report_outcome_is_known'),
        ),
        migrations.AddIndex(
            model_name='harmreservation',
            index=models.Index(fields=['scope', 'reserved_at'], name='reservation_of_late'),
        ),
        migrations.AddConstraint(
            model_name='harmreservation',
            constraint=models.CheckConstraint(condition=models.Q(('harm__gte', 0)), name='reservation_is_not_negative'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
