# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the pattern declares for AWX, as Ansible reads it: templated, with the surveys in place."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.sandbox import ROOT

PATTERN = ROOT / "extensions" / "patterns" / "distribute_live_video"
PLAY = """
- hosts: localhost
  connection: local
  gather_facts: false
  vars_files: [{setup}]
  tasks:
    - ansible.builtin.copy:
        content: "{{{{ dict(names | zip(query('ansible.builtin.vars', *names))) | to_json }}}}"
        dest: {result}
        mode: "0600"
      vars:
        names: "{{{{ query('ansible.builtin.varnames', '^controller_') }}}}"
        mediaconnect_awx_survey_directory: {surveys}
        mediaconnect_awx_inventory_file: {inventory}
        ansible_python_interpreter: "{{{{ ansible_playbook_python }}}}"
"""


def _run(command: str, *arguments: str) -> str:
    environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "false", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false"}
    done = subprocess.run(
        [str(Path(sys.executable).parent / command), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@functools.cache
def definitions() -> dict[str, Any]:
    """The variables controller_* of setup.yml."""
    with tempfile.TemporaryDirectory() as directory:
        places = {"surveys": PATTERN / "template_surveys", "inventory": PATTERN / "inventory" / "hosts.yml"}
        play, result = Path(directory, "play.yml"), Path(directory, "result.json")
        play.write_text(PLAY.format(setup=PATTERN / "setup.yml", **places, result=result))
        _run("ansible-playbook", str(play))
        return dict(json.loads(result.read_text()))


@functools.cache
def inventory() -> dict[str, dict[str, Any]]:
    """The hosts of the pattern's inventory with their variables, as AWX imports them."""
    listed = json.loads(_run("ansible-inventory", "-i", str(PATTERN / "inventory" / "hosts.yml"), "--list"))
    return dict(listed["_meta"]["hostvars"])
