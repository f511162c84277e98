"""Permissions are signed. Those that live already are not: they come back to people when used."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("negotiation", "0005_reports_and_budgets")]

    operations = [
        migrations.AddField(
            model_name="grant",
            name="signature",
            field=models.CharField(default="", max_length=64),
            preserve_default=False,
        ),
    ]
