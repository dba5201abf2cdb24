# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What trust_role does while others write at the same time."""

from __future__ import annotations

from unittest.mock import MagicMock

import pytest

from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.core import Refusal, Unit
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.policy import trust_document
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust import Observed, Role
from ansible_collections.mediaops.mediaconnect.plugins.module_utils._plan.trust_declared import Declared
from ansible_collections.mediaops.mediaconnect.plugins.modules import trust_role

ACCOUNT = "111122223333"
GOOD = trust_document(ACCOUNT, True, [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:A"])
BAD = trust_document(ACCOUNT, False)


class Somebody(trust_role.TrustRole):
    """The module with IAM replaced by a list of what it reads."""

    def __init__(self, *reads):
        flows = [f"arn:aws:mediaconnect:us-west-2:{ACCOUNT}:flow:*:A"]
        self.declared = Declared("R", ACCOUNT, "aws", "us-west-2", flows=flows)
        self.reads = list(reads)
        self._rounds = 0
        self.writes = []
        self.operations = {"write_trust": self._write, "confirm": self._confirm}

    def _write(self, unit, **params):
        self.writes.append(params["trust_policy"])

    def observe(self):
        trust = self.reads.pop(0) if len(self.reads) > 1 else self.reads[0]
        return Observed(role=Role(arn=f"arn:aws:iam::{ACCOUNT}:role/R", trust_policy=trust))


@pytest.fixture(autouse=True)
def sleep(monkeypatch):
    slept = MagicMock()
    monkeypatch.setattr("time.sleep", slept)
    return slept


@pytest.mark.parametrize(
    ("reads", "writes"),
    [
        ([GOOD], 0),
        ([BAD, GOOD], 0),
        ([BAD, BAD, GOOD], 1),
        ([BAD, BAD, BAD, BAD, GOOD], 2),
    ],
)
def test_a_difference_is_believed_when_it_is_read_twice(reads, writes):
    module, unit = Somebody(*reads), Unit("role R")
    module._confirm(unit)
    assert module.writes == [GOOD] * writes
    assert unit.after["trust_policy"] == GOOD


def test_writing_against_somebody_ends(sleep):
    module = Somebody(BAD)
    with pytest.raises(Refusal, match="The role R is being changed by somebody else at the same time, time and again"):
        module._confirm(Unit("role R"))
    assert len(module.writes) == 3
    assert sleep.call_count <= trust_role.MAX_ROUNDS + 1


def test_what_can_no_longer_be_done_is_refused():
    module = Somebody(GOOD)
    module.declared.path = "/media/"
    with pytest.raises(Refusal, match="lies under the path /, not /media/"):
        module._confirm(Unit("role R"))
