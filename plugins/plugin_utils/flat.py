# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The flat variables of the playbooks grant and revoke, as the command line and an AWX survey give them: read and checked.

A survey's answer comes as a text, and as null or empty text if there was none. AWX writes it into a file of extra variables, from which
ansible-core 2.19 to 2.21 read `011` as the number 9, `on` as true, `12:30` as 750. No answer may become another text: what cannot have been
typed otherwise is taken, anything else is refused with the way to type it, which is a blank after it, a comma, or quotation marks.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Iterable, Iterator, Mapping, Sequence

import yaml

from ..module_utils._reconcile.arguments import looks_like_a_key

ACCOUNT_ID = re.compile(r"[0-9]{12}")
SHOWN_ACCOUNT = re.compile(r"[0-9-]{1,20}")  # anything else could be a key
QUOTED = re.compile(r"""(["'])((?:(?!\1).)*)\1""", re.DOTALL)
READ_AS: tuple[tuple[Any, str], ...] = (
    (bool, "true or false"),
    ((int, float), "a number"),
    (datetime.datetime, "a time"),
    (object, "something else than a text"),
)
FORMS = {
    "int": (re.compile(r"[0-9]+"), "a whole number"),
    "bool": (re.compile(r"yes|no|true|false|on|off|1|0", re.IGNORECASE), "true or false"),
    "str": (re.compile(r".*"), "text of one line"),
}
SHORTEST_KEY = 10  # characters, of a password for SRT
TRUE = ("yes", "true", "on", "1")
ALIKE = 0.75  # of names; two letters of eight
OVERRULE = "If nothing is to be taken away, set mediaconnect_missing_ok: true."
SUBSCRIBERS = "mediaconnect_subscribers"
ENTITLEMENT = "mediaconnect_entitlement"
# The variables for encryption, and the value of each when it is not set.
ENCRYPTION = {"mediaconnect_secret": "", "mediaconnect_role": "", "mediaconnect_algorithm": "none"}

# By name of the variable: type, and required and choices if it has them.
Variables = Mapping[str, Mapping[str, Any]]


@dataclass
class Given:
    """The variables that are set, as text by name; the account ids; and what is wrong with them, one sentence each."""

    values: dict[str, str]
    accounts: list[str] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)  # names of those that may have been typed in several ways
    wrong: list[str] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The text of a variable, None if it is not set."""
        return self.values.get(name)

    def is_true(self, name: str) -> bool:
        """Whether a variable is set to something that counts as true."""
        return self.values.get(name, "").lower() in TRUE

    @property
    def entitlement(self) -> str:
        """The name of the entitlement, which may follow from the one subscriber."""
        return self.values.get(ENTITLEMENT) or f"subscriber-{''.join(self.accounts)}"


class OtherwiseTyped(Exception):
    """A value that may have been typed in several ways. args: what Ansible has made of it."""


def as_typed(value: Any, kind: str = "str") -> str:
    """The text that somebody typed, without the white space around it; "" for null. Quotation marks are taken off where they are needed.

    kind: str, int or bool, or account for the id of an account. A number of twelve digits was typed as that, since one with a zero before it
    would be read in base 8, and be shorter. Raises OtherwiseTyped.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        text = value.strip()
        quoted = QUOTED.fullmatch(text)
        return quoted[2] if quoted and (kind == "account" or _is_read_otherwise(quoted[2])) else text
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    text = str(value).lower()
    known = {
        "bool": isinstance(value, bool) or text in ("0", "1"),
        "int": isinstance(value, int) and not isinstance(value, bool),
        "account": isinstance(value, int) and ACCOUNT_ID.fullmatch(text),
    }
    if known.get(kind):
        return text
    raise OtherwiseTyped(next(name for types, name in READ_AS if isinstance(value, types)))


def _is_read_otherwise(text: str) -> bool:
    """Whether YAML takes a text that has no quotation marks for something else."""
    return yaml.resolver.Resolver().resolve(yaml.nodes.ScalarNode, text, (True, False)) != "tag:yaml.org,2002:str"


def read(values: Mapping[str, Any], variables: Variables) -> Given:
    """The variables of a playbook. variables: those that it takes."""
    given = Given({})
    for name, spec in variables.items():
        try:
            if name == SUBSCRIBERS:
                given.accounts = list(dict.fromkeys(_accounts(values.get(name))))
                given.wrong.extend(_no_account(values.get(name), given.accounts))
                continue
            text = as_typed(values.get(name), spec["type"])
        except OtherwiseTyped as error:
            given.wrong.append(_otherwise_typed(name, str(error)))
            given.unread.add(name)
            continue
        if text:
            given.values[name] = text
        given.wrong.extend(_wrong(name, text, spec))
    given.wrong.extend(_wrong_accounts(given))
    return given


def grant_request(values: Mapping[str, Any], variables: Variables) -> dict[str, Any]:
    """What is to be granted: options of the module distribution, and what is wrong. It takes nothing away."""
    given = read(values, variables)
    given.wrong.extend(_wrong_encryption(given))
    status = given.get("mediaconnect_status")
    entitlement = _without_none(
        name=given.entitlement,
        subscribers=given.accounts or None,
        purge_subscribers=False,
        description=given.get("mediaconnect_description"),
        data_transfer_subscriber_fee_percent=given.get("mediaconnect_fee_percent"),
        entitlement_status=None if status == "unchanged" else status,
        encryption=_encryption(given),
    )
    return _request(given, entitlement, role=_role(given))


def revoke_request(values: Mapping[str, Any], variables: Variables) -> dict[str, Any]:
    """What is to be taken away: options of the module entitlements, and what is wrong."""
    given = read(values, variables)
    if given.accounts:
        return _request(given, {"name": given.entitlement, "remove_subscribers": given.accounts})
    return _request(given, {"name": given.entitlement, "state": "absent"})


def revocation_doubts(flows: Sequence[Mapping[str, Any]], request: Mapping[str, Any]) -> list[str]:
    """Why the entitlement or flow that is not there was probably meant to be another, one sentence each.

    flows: what flow_info returns: the flow, or all flows of the Region if there is none of this name. request: of revoke_request.
    """
    named, accounts = request["flows"][0]["flow"], request["accounts"]
    mine = [flow for flow in flows if named in (flow["name"], flow["flow_arn"])]
    if not mine:
        near = _near(named, [flow["name"] for flow in flows])
        return [f"There is no flow {named}; {' or '.join(near)} is probably meant. {OVERRULE}"] if near else []
    (flow, *__) = mine
    entitlements = {one["name"]: one["subscribers"] for one in flow["entitlements"]}
    doubts = [
        f"There is no entitlement {request['entitlement']} of flow {flow['name']}; {' or '.join(near)} is probably meant."
        for near in [_near(request["entitlement"], entitlements)]
        if near
    ]
    for account in accounts:
        by = [name for name, subscribers in entitlements.items() if account in subscribers]
        if by:
            doubts.append(
                f"Account {account} still receives flow {flow['name']}, by the entitlement {' and '.join(by)}."
            )
    return [*doubts, OVERRULE] if doubts else []


def _near(name: str, others: Iterable[str]) -> list[str]:
    """Names that are the same but for case, hyphens and underscores, or one or two letters."""
    plain = {other: _plain(other) for other in others if other != name}
    close = set(get_close_matches(_plain(name), plain.values(), n=3, cutoff=ALIKE))
    return sorted(other for other, one in plain.items() if one in close)


def _plain(name: str) -> str:
    return re.sub(r"[-_ ]", "", name).lower()


def _request(given: Given, entitlement: dict[str, Any], role: dict[str, Any] | None = None) -> dict[str, Any]:
    flow = {"flow": given.get("mediaconnect_flow"), "purge_entitlements": False, "entitlements": [entitlement]}
    return {
        "wrong": given.wrong,
        "region": given.get("mediaconnect_region") or "",
        "accounts": given.accounts,
        "entitlement": given.entitlement,
        "force_in_use": given.is_true("mediaconnect_force_in_use"),
        "allow_replacement": given.is_true("mediaconnect_allow_replacement"),
        "verify_encryption": given.get("mediaconnect_verify_encryption") is None
        or given.is_true("mediaconnect_verify_encryption"),
        "missing_ok": given.is_true("mediaconnect_missing_ok"),
        "role": role,
        "flows": [flow],
    }


def _encryption(given: Given) -> dict[str, str] | None:
    if not given.get("mediaconnect_secret"):
        return None
    return _without_none(
        algorithm=given.get("mediaconnect_algorithm"),
        role=given.get("mediaconnect_role"),
        secret=given.get("mediaconnect_secret"),
    )


def _role(given: Given) -> dict[str, Any] | None:
    """The role, which is to read this secret for this flow too."""
    name = given.get("mediaconnect_role")
    if not name:
        return None
    secret, flow = given.get("mediaconnect_secret"), given.get("mediaconnect_flow")
    force = given.is_true("mediaconnect_force_in_use")
    return {"name": name, "secrets": [secret], "flows": [flow], "purge": False, "force_in_use": force}


def _without_none(**options: Any) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _accounts(value: Any) -> Iterator[str]:
    """Account ids from a list, or from a text with commas, semicolons, blanks or line breaks between them. Raises OtherwiseTyped."""
    for item in value if isinstance(value, (list, tuple)) else [value]:
        for part in re.findall(r"[^\s,;]+", as_typed(item, "account")):
            yield as_typed(part, "account")


def _no_account(value: Any, accounts: list[str]) -> list[str]:
    """An answer without an account id is not the same as no answer, which means everybody."""
    if accounts or not (value.strip() if isinstance(value, str) else value):
        return []
    return [f"{SUBSCRIBERS} is not empty, but has no account id; give account ids, or clear it."]


def _otherwise_typed(name: str, read_as: str) -> str:
    way = "a comma" if name == SUBSCRIBERS else "a blank"
    return f"{name} was read as {read_as}, so it cannot be told how it was typed; type {way} after it, or put it in quotation marks."


def _wrong(name: str, value: str, spec: Mapping[str, Any]) -> list[str]:
    if spec.get("required") and not value:
        return [f"{name} is empty; set it."]
    if value and value not in spec.get("choices", [value]):
        return [f"{name} is {_shown(value)}; choose {', '.join(spec['choices'])}."]
    if looks_like_a_key(value):
        return [f"{name} looks like a key, and is not shown; give what {name} asks for."]
    form, called = FORMS.get(spec["type"], FORMS["str"])
    return [] if not value or form.fullmatch(value) else [f"{name} is {_shown(value)}; give {called}."]


def _shown(value: str) -> str:
    """The value, if it is too short for a key."""
    return value if len(value) < SHORTEST_KEY else "wrong"


def _wrong_accounts(given: Given) -> list[str]:
    wrong = []
    misfits = [account for account in given.accounts if not ACCOUNT_ID.fullmatch(account)]
    if misfits:
        shown = [account if SHOWN_ACCOUNT.fullmatch(account) else "something else" for account in misfits]
        wrong.append(f"{SUBSCRIBERS} has {', '.join(shown)}; account ids have 12 digits, without hyphens.")
    if not given.get(ENTITLEMENT) and len(given.accounts) != 1 and not given.unread & {ENTITLEMENT, SUBSCRIBERS}:
        wrong.append(
            f"{ENTITLEMENT} is empty; name the entitlement, since a name can be derived from one subscriber only "
            f"and {SUBSCRIBERS} has {len(given.accounts) or 'none'}."
        )
    return wrong


def _wrong_encryption(given: Given) -> list[str]:
    if len({given.values.get(name, unset) != unset for name, unset in ENCRYPTION.items()}) == 1:
        return []
    return [
        "To encrypt, set mediaconnect_secret, mediaconnect_role and mediaconnect_algorithm; if that is not meant, leave the first "
        "two empty and the last at none."
    ]
