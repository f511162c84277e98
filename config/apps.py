from django.apps import AppConfig
from django.core.checks import Tags, register


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.checks import one_key_for_all_machines

        register(one_key_for_all_machines, Tags.security, deploy=True)
