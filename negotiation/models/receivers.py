from django.db import models


class ReceivedCall(models.Model):
    """What the demo receiver took in: one row per webhook id, however often it was sent."""

    webhook_id = models.CharField(max_length=100, unique=True)
    received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)
    body = models.TextField()
    package_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-received_at"]
