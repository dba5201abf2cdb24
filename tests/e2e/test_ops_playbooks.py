# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The roles and modules inside other people's playbooks: hosts, delegation, tags, become and defaults of their making."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from mediaconnect_emulator.client import Emulator
from tests.e2e.sandbox import Sandbox

OWN, ANY, CORP = "111122223333", "444455556666", "123456789012"
SOURCE = {"name": "court", "protocol": "rtp", "whitelist_cidr": "203.0.113.0/24"}

# A sudo that forgets the environment, as the real one does, but stays who it is. Its last argument is the command.
SUDO = """#!/bin/sh
for command; do :; done
exec /usr/bin/env -i PATH=/usr/bin:/bin HOME="$HOME" MARK=sudo /bin/sh -c "$command"
"""

ROLES = """
- name: Prepare the broadcast
  hosts: encoder
  gather_facts: false
  become: true
  collections:
    - mediaops.mediaconnect
  module_defaults:
    group/mediaops.mediaconnect.aws:
      region: us-west-2
      access_key: "{{ lookup('ansible.builtin.env', 'AWS_ACCESS_KEY_ID') }}"
      secret_key: "{{ lookup('ansible.builtin.env', 'AWS_SECRET_ACCESS_KEY') }}"
      endpoint_url: "{{ lookup('ansible.builtin.env', 'AWS_ENDPOINT_URL') }}"
  tasks:
    - name: See that it is become
      ansible.builtin.command: printenv MARK
      changed_when: false
      tags: [keys]

    - name: Keys
      ansible.builtin.import_role:
        name: static_key_encryption
      vars:
        static_key_encryption_region: us-west-2
        static_key_encryption_role_name: MediaConnect-ASM
        static_key_encryption_flows: [BaseballGame]
        static_key_encryption_secrets:
          - {name: baseball, algorithm: aes256, generate: true}
      tags: [keys]

    - name: Something else
      ansible.builtin.fail:
        msg: this has another tag

    - name: Look at the flow by the module's short name
      flow_info:
        flows: [BaseballGame]
      register: looked
      tags: [keys]
"""

LOOP = """
- name: Share the games
  hosts: playout
  gather_facts: false
  tasks:
    - name: Grant what each game has, from where the credentials are
      ansible.builtin.include_role:
        name: mediaops.mediaconnect.entitlements
        apply:
          delegate_to: localhost
      vars:
        entitlements_region: us-west-2
        entitlements_flows:
          - flow: "{{ game.flow }}"
            entitlements:
              - {name: Shared, subscribers: ["{{ game.subscriber }}"]}
      loop: "{{ games }}"
      loop_control:
        loop_var: game

    - name: Look at one of them, delegated too
      mediaops.mediaconnect.flow_info:
        region: us-west-2
        flows: [TennisFinal]
      delegate_to: localhost
      register: looked
"""


@pytest.fixture
def estate(emulator: Emulator) -> Emulator:
    flows = [{"name": "TennisFinal", "status": "ACTIVE", "source": SOURCE}]
    emulator.seed({"accounts": {OWN: {"regions": {"us-west-2": {"flows": flows}}}}})
    emulator.clear_calls()
    return emulator


def entitlements(emulator: Emulator) -> dict[str, Any]:
    client = emulator.client("mediaconnect")
    flows = [client.describe_flow(FlowArn=flow["FlowArn"])["Flow"] for flow in client.list_flows()["Flows"]]
    return {
        flow["Name"]: {entitlement["Name"]: entitlement["Subscribers"] for entitlement in flow["Entitlements"]}
        for flow in flows
    }


def test_import_role_with_tags_become_defaults_and_the_collections_keyword(sandbox: Sandbox, estate: Emulator) -> None:
    sudo = sandbox.directory / "sudo"
    sudo.write_text(SUDO)
    sudo.chmod(0o700)
    inventory = sandbox.write(
        "inventory.yml",
        {
            "all": {
                "hosts": {
                    "encoder": {
                        "ansible_connection": "local",
                        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
                        "ansible_become_exe": str(sudo),
                    }
                }
            }
        },
    )
    play = sandbox.write("roles.yml", yaml.safe_load(ROLES))
    run = sandbox.playbook(play, "-i", str(inventory), "--tags", "keys", ANSIBLE_BECOME_ALLOW_SAME_USER="true").ok()
    assert run.result("ansible.builtin.command")["stdout"] == "sudo"
    assert run.changed == 2
    assert estate.client("secretsmanager").list_secrets()["SecretList"][0]["Name"] == "baseball"
    assert estate.client("iam").get_role(RoleName="MediaConnect-ASM")["Role"]["RoleName"] == "MediaConnect-ASM"
    assert run.result("flow_info")["flows"][0]["name"] == "BaseballGame"


def test_include_role_in_a_loop_delegated_from_hosts_that_cannot_be_reached(sandbox: Sandbox, estate: Emulator) -> None:
    """The hosts need no Python, no boto3 and no way to AWS, since everything is done on localhost."""
    hosts = {"playout": {"ansible_host": "playout.invalid"}}
    inventory = sandbox.write("inventory.yml", {"all": {"hosts": hosts}})
    games = [{"flow": "BaseballGame", "subscriber": ANY}, {"flow": "TennisFinal", "subscriber": CORP}]
    play = sandbox.write("loop.yml", yaml.safe_load(LOOP))
    run = sandbox.playbook(
        play, "-i", str(inventory), "-e", yaml.safe_dump({"games": games}, default_flow_style=True)
    ).ok()
    assert run.changed == 2
    assert entitlements(estate) == {"BaseballGame": {"Shared": [ANY]}, "TennisFinal": {"Shared": [CORP]}}
    assert run.result("flow_info")["flows"][0]["entitlements"][0]["subscribers"] == [CORP]


def test_the_playbooks_on_a_host_that_is_not_localhost(sandbox: Sandbox, estate: Emulator) -> None:
    """import_playbook between other plays, on a host that the playbook reaches locally."""
    inventory = sandbox.write("inventory.yml", {"all": {"hosts": {"oregon": {"mediaconnect_region": "us-west-2"}}}})
    plays = [
        {"name": "Before", "hosts": "oregon", "connection": "local", "gather_facts": False, "tasks": []},
        {
            "name": "Grant",
            "import_playbook": "mediaops.mediaconnect.grant",
            "vars": {
                "mediaconnect_hosts": "oregon",
                "mediaconnect_flow": "BaseballGame",
                "mediaconnect_subscribers": [int(ANY)],
            },
            "tags": ["share"],
        },
    ]
    play = sandbox.write("ops.yml", plays)
    assert sandbox.playbook(play, "-i", str(inventory), "--tags", "nothing").ok().changed == 0
    run = sandbox.playbook(play, "-i", str(inventory), "--tags", "share").ok()
    assert run.stats["oregon"]["changed"] == 1
    assert entitlements(estate)["BaseballGame"] == {f"subscriber-{ANY}": [ANY]}
