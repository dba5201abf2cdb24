# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show the collection at work: the baseball game is distributed, twice, in a local emulator of AWS."""

from __future__ import annotations

import secrets
import shlex
import sys

from mediaconnect_emulator.client import ORIGINATOR, SUBSCRIBERS, Emulator

from .build import Build

EXAMPLE = "docs/examples/baseball.yml"
SUBSCRIBER = SUBSCRIBERS[0]
DISTRIBUTE = ["ansible-playbook", "mediaops.mediaconnect.distribute", "-e", f"@{EXAMPLE}", "--diff"]
RECEIVED = ["ansible", "localhost", "-m", "mediaops.mediaconnect.received_entitlement_info"]


def say(text: str) -> None:
    """A paragraph that stands out from Ansible's output."""
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def run(build: Build, command: list[str], environment: dict[str, str]) -> None:
    """Show a command and run it in the demo's own environment."""
    say(f"$ {shlex.join(command)}")
    build.run(*command, environment=environment)


def demo(build: Build, emulator: Emulator) -> None:
    """The story, from nothing to what the subscriber sees."""
    base = {
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
        "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
        "ANSIBLE_FORCE_COLOR": str(sys.stdout.isatty()).lower(),
        "ANSIBLE_PYTHON_INTERPRETER": str(build.bin / "python"),
    }
    originator = base | emulator.environment(ORIGINATOR) | {"BASEBALL_KEY": secrets.token_hex(32)}
    subscriber = base | emulator.environment(SUBSCRIBER)

    say(
        f"A local emulator of AWS answers at {emulator.endpoint}. In account {ORIGINATOR}, Region us-west-2, it has one live flow,\n"
        f"# BaseballGame, and nothing else: no secret, no role, no entitlement. {EXAMPLE} declares who may receive it.\n"
        "# The key comes from the environment variable BASEBALL_KEY, a random one, and will not be seen again below."
    )
    say("First run: the secret, the role that MediaConnect assumes to read it, and the entitlements are made.")
    run(build, DISTRIBUTE, originator)
    say("Second run: AWS is as declared, so nothing changes (changed=0).")
    run(build, DISTRIBUTE, originator)
    say(f"What the subscriber sees: the same question to AWS, asked with the credentials of account {SUBSCRIBER}.")
    run(build, RECEIVED, subscriber)
    say(
        "That is all. The list 'What each subscriber needs' above is what each of them needs from you; the key itself goes\n"
        "# another, safe way, and its fingerprint tells both of you that you hold the same one.\n"
        "# To do this in AWS: see 'Use it against AWS' in README.md. The playbook and the variables stay as they are."
    )


def show(build: Build) -> int:
    """Start the emulator, tell the story, stop the emulator."""
    with Emulator.start("baseball") as emulator:
        try:
            demo(build, emulator)
        finally:
            say("The emulator stops.")
    return 0
