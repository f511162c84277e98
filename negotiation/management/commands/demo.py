from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from negotiation.services import demo


class Command(BaseCommand):
    help = "Adds the demo people, the shipped scenarios and a few negotiations; safe to repeat."

    def handle(self, **_: Any) -> None:
        demo.prepare(now=timezone.now())
        self.stdout.write("The demo is ready.")
