# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two runs at once that make one key for two Regions end with one key, in whatever order they declare the Regions."""

from __future__ import annotations

from typing import Any

import pytest

HOME, AWAY = "us-west-2", "eu-west-1"
THEIRS = "1e" * 32


def made(aws: Any) -> dict[str, str]:
    """The key of the secret in each Region."""
    client = aws.secretsmanager
    return {region: client.get_secret_value(region, SecretId="s")["SecretString"] for region in (HOME, AWAY)}


def run(aws: Any, **options: Any) -> dict[str, Any]:
    secret = {"name": "s", "algorithm": "aes256", "generate": True, "additional_regions": [AWAY]}
    return aws.run("key_secrets", secrets=[secret], **options).ok()


def test_the_first_region_by_name_is_the_first(aws: Any) -> None:
    result = run(aws)
    assert [secret["region"] for secret in result["secrets"]] == [HOME, AWAY], "as declared"
    assert len(set(made(aws).values())) == 1
    assert aws.regions_of("secretsmanager.create_secret") == [AWAY, HOME]


@pytest.mark.parametrize("theirs", [[AWAY], [AWAY, HOME]])
def test_who_loses_takes_the_key_of_who_was_faster(aws: Any, theirs: list[str]) -> None:
    def somebody_else() -> None:
        for region in theirs:
            aws.secretsmanager.add("s", THEIRS, region=region)

    aws.meanwhile("secretsmanager.create_secret", somebody_else)
    result = run(aws)
    assert made(aws) == {HOME: THEIRS, AWAY: THEIRS}
    assert len({secret["key_fingerprint"] for secret in result["secrets"]}) == 1


def test_who_loses_in_the_second_region_only_is_told(aws: Any) -> None:
    """Somebody who does not begin with the same Region has made another key: both cannot be right."""
    aws.meanwhile("secretsmanager.create_secret", None, lambda: aws.secretsmanager.add("s", THEIRS, region=HOME))
    secret = {"name": "s", "algorithm": "aes256", "generate": True, "additional_regions": [AWAY]}
    ended = aws.run("key_secrets", secrets=[secret])
    assert "holds another key than the key of its other Region" in ended.message
