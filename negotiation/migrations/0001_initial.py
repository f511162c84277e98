

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReceivedCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('webhook_id', models.CharField(max_length=100, unique=True)),
                ('received_at', models.DateTimeField()),
                ('deliveries', models.PositiveIntegerField(default=1)),
                ('body', models.TextField()),
                ('package_hash', models.CharField(max_length=64)),
            ],
            options={
                'ordering': ['-received_at'],
            },
        ),
        migrations.CreateModel(
            name='Scenario',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True)),
                ('title', models.CharField(max_length=120)),
            ],
            options={
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='Negotiation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('seed', models.BigIntegerField()),
                ('pace', models.FloatField(default=0)),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('paused', 'Paused'), ('agreed', 'Agreed'), ('no_agreement', 'No agreement'), ('stopped', 'Stopped'), ('failed', 'Failed')], default='queued', max_length=12)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('head', models.PositiveIntegerField(default=0)),
                ('round', models.PositiveIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('stalls', models.PositiveSmallIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('agreement', models.JSONField(null=True)),
                ('summary', models.JSONField(default=dict)),
                ('opened_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('package', models.TextField()),
                ('package_hash', models.CharField(max_length=64)),
                ('judgement', models.JSONField()),
                ('score', models.FloatField(null=True)),
                ('confidence', models.FloatField()),
                ('route', models.CharField(choices=[('auto', 'Automatic'), ('review', 'Review'), ('refuse', 'Refused')], max_length=6)),
                ('status', models.CharField(choices=[('parked', 'Needs approval'), ('cleared', 'Cleared'), ('executing', 'Executing'), ('executed', 'Executed'), ('failed', 'Failed'), ('rejected', 'Rejected'), ('expired', 'Expired'), ('void', 'Void'), ('refused', 'Refused')], max_length=9)),
                ('revision', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('cleared_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=1000)),
                ('cleared_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('negotiation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='negotiation.negotiation')),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='ScenarioVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('document', models.JSONField()),
                ('document_hash', models.CharField(max_length=64)),
                ('note', models.CharField(max_length=300)),
                ('created_at', models.DateTimeField()),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('scenario', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='negotiation.scenario')),
            ],
            options={
                'ordering': ['-number'],
            },
        ),
        migrations.AddField(
            model_name='scenario',
            name='current',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='negotiation.scenarioversion'),
        ),
        migrations.AddField(
            model_name='negotiation',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='negotiations', to='negotiation.scenarioversion'),
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('package_hash', models.CharField(max_length=64)),
                ('fingerprint', models.CharField(max_length=64)),
                ('nonce', models.CharField(max_length=43, unique=True)),
                ('granted_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('consumed_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='grant', to='negotiation.decision')),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='negotiation.scenarioversion')),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('action', models.CharField(max_length=60)),
                ('subject', models.CharField(max_length=40)),
                ('subject_id', models.BigIntegerField()),
                ('details', models.JSONField(default=dict)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'subject_id', 'id'], name='audit_by_subject')],
            },
        ),
        migrations.CreateModel(
            name='Execution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('idempotency_key', models.CharField(max_length=100, unique=True)),
                ('kind', models.CharField(max_length=10)),
                ('target', models.CharField(blank=True, max_length=60)),
                ('status', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], default='pending', max_length=9)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('fence', models.PositiveIntegerField(default=0)),
                ('lease_until', models.DateTimeField(null=True)),
                ('next_at', models.DateTimeField(null=True)),
                ('response', models.CharField(blank=True, max_length=1000)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('decision', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='execution', to='negotiation.decision')),
                ('grant', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='execution', to='negotiation.grant')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('status', 'pending')), fields=['next_at'], name='execution_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'pending'), _negated=True), models.Q(('finished_at__isnull', True), ('next_at__isnull', False)), _connector='OR'), name='execution_pending_has_a_next_time'), models.CheckConstraint(condition=models.Q(('status', 'pending'), models.Q(('finished_at__isnull', False), ('lease_until__isnull', True), ('next_at__isnull', True)), _connector='OR'), name='execution_ended_is_at_rest')],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seq', models.PositiveIntegerField()),
                ('round', models.PositiveIntegerField()),
                ('sender', models.CharField(max_length=160)),
                ('act', models.CharField(max_length=12)),
                ('text', models.TextField()),
                ('body', models.JSONField()),
                ('created_at', models.DateTimeField()),
                ('negotiation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='negotiation.negotiation')),
            ],
            options={
                'ordering': ['negotiation', 'seq'],
                'constraints': [models.UniqueConstraint(fields=('negotiation', 'seq'), name='message_numbered_once'), models.CheckConstraint(condition=models.Q(('seq__gte', 1)), name='message_numbers_begin_at_one')],
            },
        ),
        migrations.AddIndex(
            model_name='decision',
            index=models.Index(condition=models.Q(('status', 'parked')), fields=['-score', 'due_at'], name='decision_parked_by_risk'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('route', 'auto'), _negated=True), ('score__isnull', False), _connector='OR'), name='decision_unscored_is_never_automatic'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['cleared', 'executing', 'executed', 'failed']), _negated=True), ('cleared_at__isnull', False), _connector='OR'), name='decision_never_runs_uncleared'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('cleared_at__isnull', True), ('route', 'auto'), models.Q(('cleared_by__isnull', False), ('route', 'review')), _connector='OR'), name='decision_review_needs_a_person'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('route', 'refuse'), _negated=True), models.Q(('cleared_at__isnull', True), ('status', 'refused')), _connector='OR'), name='decision_refused_is_never_cleared'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['parked', 'rejected', 'expired', 'refused']), _negated=True), ('cleared_at__isnull', True), _connector='OR'), name='decision_rejected_is_never_cleared'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'parked'), _negated=True), ('due_at__isnull', False), _connector='OR'), name='decision_parked_has_a_due_time'),
        ),
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.UniqueConstraint(fields=('scenario', 'number'), name='version_numbered_once'),
        ),
        migrations.AddConstraint(
            model_name='scenarioversion',
            constraint=models.CheckConstraint(condition=models.Q(('note', ''), _negated=True), name='version_has_a_note'),
        ),
        migrations.AddIndex(
            model_name='negotiation',
            index=models.Index(condition=models.Q(('status__in', ['queued', 'running', 'paused'])), fields=['next_at'], name='negotiation_due'),
        ),
        migrations.AddIndex(
            model_name='negotiation',
            index=models.Index(fields=['status', '-id'], name='negotiation_by_status'),
        ),
        migrations.AddConstraint(
            model_name='negotiation',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['agreed', 'no_agreement', 'stopped', 'failed']), ('next_at__isnull', False), _connector='OR'), name='negotiation_open_has_a_next_time'),
        ),
        migrations.AddConstraint(
            model_name='negotiation',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['queued', 'running', 'paused']), models.Q(('finished_at__isnull', False), ('lease_until__isnull', True), ('next_at__isnull', True)), _connector='OR'), name='negotiation_ended_is_at_rest'),
        ),
        migrations.AddConstraint(
            model_name='negotiation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'agreed'), _negated=True), ('agreement__isnull', False), _connector='OR'), name='negotiation_agreed_names_an_offer'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('consumed_at__isnull', True), models.Q(('consumed_at__gte', models.F('granted_at')), ('consumed_at__lt', models.F('expires_at'))), _connector='OR'), name='grant_used_within_its_time'),
        ),
    ]
