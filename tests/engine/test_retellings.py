"""What the seats know can be told again without playing the table."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation.engine.retellings import Retelling
from negotiation.engine.session import Session
from tests.engine.random_tables import every_kind
from tests.engine.requests import asked, at_most, told
from tests.engine.tables import service_table
from tests.engine.talks import finished, go_on


@settings(max_examples=60, deadline=None)
@given(draw=st.integers(0, 2**32), said=st.integers(0, 12))
def test_it_is_what_a_replayed_session_knows_after_every_message(draw: int, said: int) -> None:
    rng, table = np.random.default_rng(draw), every_kind(draw)
    session = Session(table, seed=1)
    for _ in range(said):
        if (message := session.next()) is not None:
            session.apply(message)
    if session.ending is None:
        for fact in table.facts:
            if fact.disclosure == "public":
                session.apply(told(session, fact.name, float(rng.normal(1, 1)), 0.1))
        session.apply(asked(session, at_most("measure0", float(rng.uniform(20, 90)))))
    go_on(session)
    again, retold = Session(table, seed=1), Retelling.begin(table)
    for message in session.messages:
        again.apply(message)
        retold = retold.after([message])
        for name, outlook in again.outlooks.items():
            assert dict(retold.beliefs[name]) == dict(outlook.beliefs)
        assert np.array_equal(retold.table.lawful, again.table.lawful)
        assert np.array_equal(retold.utilities, again.utilities)


def test_who_hears_a_claim_is_shown_with_the_belief_before_and_after() -> None:
    session = finished(service_table())
    retold = Retelling.begin(service_table()).after(session.messages)
    assert retold.hearings
    for hearing in retold.hearings:
        message = session.messages[hearing.seq - 1]
        heard = set(message.recipients or session.outlooks)
        assert set(hearing.before) == set(hearing.after) == heard
        assert hearing.everybody is not bool(message.recipients)
        for name, after in hearing.after.items():
            assert after.sd <= hearing.before[name].sd
