# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tags as declared, and what is to be done about them: one rule for every resource."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags

RESERVED = "aws:"
# AWS-wide: https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
MAX_TAGS, MAX_KEY, MAX_VALUE = 50, 128, 256


@dataclass
class TagChange:
    """to_set, to_remove: what to write. after: the tags that will result."""

    to_set: dict[str, str]
    to_remove: list[str]
    after: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.to_set or self.to_remove)


def declared_tags(*given: Mapping[str, Any] | None) -> dict[str, str] | None:
    """The tags of several options together, of which later ones take precedence; None when none of them is given.

    For AWS, keys and values are texts; a value that YAML reads as null becomes an empty text.
    """
    if all(tags is None for tags in given):
        return None
    return {str(key): "" if value is None else str(value) for tags in given for key, value in (tags or {}).items()}


def tag_change(current: Mapping[str, str], declared: Mapping[str, str] | None, purge: bool) -> TagChange:
    """The change that makes the current tags as declared; no change where none are declared."""
    if declared is None:
        return TagChange({}, [], dict(current))
    to_set, to_remove = compare_aws_tags(dict(current), dict(declared), purge_tags=purge)
    kept = {key: value for key, value in current.items() if key not in to_remove}
    return TagChange(dict(sorted(to_set.items())), sorted(to_remove), {**kept, **to_set})


def tag_problems(tags: Mapping[str, str] | None, service: str = "") -> list[str]:
    """What is wrong with declared tags whatever AWS has, as clauses that can follow the name of the tagged thing.

    service: "iam" has rules of its own: its tagKeyType and tagValueType match [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*, and the keys of a role's
    or policy's tags are unique whatever their case
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html).
    """
    problems = _iam_problems(tags or {}) if service == "iam" else []
    problems += [
        f"the tag '{key}' is too long: AWS takes keys of 1 to {MAX_KEY} characters and values of up to {MAX_VALUE}"
        for key, value in (tags or {}).items()
        if not 1 <= len(key) <= MAX_KEY or len(value) > MAX_VALUE
    ]
    if tags and len(tags) > MAX_TAGS:
        problems.append(f"it has {len(tags)} tags, and AWS takes {MAX_TAGS}")
    return problems


def _iam_problems(tags: Mapping[str, str]) -> list[str]:
    problems = [
        f"the tag '{key}' has '{wrong[0]}' in its {part}; IAM takes letters, digits, spaces and _.:/=+-@"
        for key, value in tags.items()
        for part, text in (("name", key), ("value", value))
        for wrong in [[character for character in text if not _iam_takes(character)]]
        if wrong
    ]
    names = {key.lower(): key for key in reversed(list(tags))}
    problems += [
        f"the tags {names[key.lower()]} and {key} are one for IAM, which does not tell names apart by case"
        for key in tags
        if names[key.lower()] != key
    ]
    return problems


def _iam_takes(character: str) -> bool:
    return character in "_.:/=+-@" or unicodedata.category(character)[0] in "LZN"


def reserved_problems(change: TagChange) -> list[str]:
    """Tags that only AWS may write. They may be declared as AWS has them, so that what was read can be declared."""
    return [
        f"the tag {key} begins with {RESERVED}, which AWS reserves"
        for key in change.to_set
        if key.lower().startswith(RESERVED)
    ]


def tag_refusals(label: str, change: TagChange) -> list[str]:
    """What is wrong with tags as they would become, in whole sentences. label: what has the tags ("role MediaConnect-ASM")."""
    problems = reserved_problems(change)
    if change and len(change.after) > MAX_TAGS:
        problems.append(f"it would have {len(change.after)} tags, and AWS takes {MAX_TAGS}")
    return [f"The {label}: {problem}." for problem in problems]
