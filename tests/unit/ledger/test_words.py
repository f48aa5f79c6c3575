"""What the ledger holds of somebody is told in words, not as "something else"."""

from __future__ import annotations

import re
from pathlib import Path

import consult
from consult.ledger.personal import act_in_words

OF_AN_ACCOUNT = re.compile(r'\brecord\(\s*"([a-z:_]+)",\s*account\b')


def test_every_act_on_an_account_has_words_of_its_own() -> None:
    sources = Path(consult.__file__).parent.rglob("*.py")
    acts = {act for source in sources for act in OF_AN_ACCOUNT.findall(source.read_text("utf-8"))}
    assert {"account:account:create", "account:address:remove", "account:account:close"} <= acts
    words = {act: act_in_words(act) for act in acts}
    unknown = act_in_words("account:nothing:known")
    assert [act for act in sorted(acts) if words[act] == unknown] == []
    assert len(set(words.values())) == len(acts)
