"""Signs permissions. Whoever can only write to the database can neither make one nor change one.

The key is the installation's SECRET_KEY. A permission signed with a key that is gone does not hold:
its decision comes back to people.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import rfc8785
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

if TYPE_CHECKING:
    from negotiation.models import Grant

_PURPOSE = "parley.grant"


def sign(grant: Grant) -> None:
    """Sets the signature of a permission that is about to be stored."""
    grant.signature = _signature(grant, settings.SECRET_KEY)


def is_signed(grant: Grant) -> bool:
    """Whether this installation has given exactly this permission."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return any(constant_time_compare(grant.signature, _signature(grant, key)) for key in keys)


def _signature(grant: Grant, key: str | bytes) -> str:
    said = {
        "decision": str(grant.decision_id),
        "package": grant.package_hash,
        "fingerprint": grant.fingerprint,
        "version": str(grant.version_id),
        "policy": grant.version.document_hash,
        "nonce": grant.nonce,
        "granted_by": None if grant.granted_by_id is None else str(grant.granted_by_id),
        "granted_at": grant.granted_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "expires_at": grant.expires_at.astimezone(UTC).isoformat(timespec="microseconds"),
    }
    value = rfc8785.dumps(said)
    return salted_hmac(_PURPOSE, value, secret=key, algorithm="sha256").hexdigest()
