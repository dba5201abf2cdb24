# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of the modules that store keys."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment."""

    DOCUMENTATION = r"""
options:
  secrets:
    description: The secrets, in one Region each or in several.
    type: list
    elements: dict
    suboptions:
      name:
        description: Plain name of the secret, not its ARN.
        type: str
        required: true
      state:
        description:
          - V(present) creates the secret, restores it when its deletion is scheduled, and keeps it as declared.
          - V(absent) schedules its deletion.
          - Defaults to the task's C(state) where the module has that option, else to V(present).
        type: str
        choices: [present, absent]
      algorithm:
        description:
          - What the key is for. V(aes128), V(aes192) and V(aes256) take 32, 48 and 64 hexadecimal digits.
          - V(srt-password) takes 10 to 80 characters, of which SRT's own library takes 79 at most, and is for SRT sources and outputs;
            entitlements do not take it.
          - Required with O(secrets[].value), O(secrets[].value_from) and O(secrets[].generate).
        type: str
        choices: [aes128, aes192, aes256, srt-password]
      value:
        description:
          - The key, as text. White space around it is removed. Hexadecimal digits are compared by the bytes that they stand for,
            so V(AA) equals V(aa) and writes nothing.
          - Better still, use O(secrets[].value_from). Otherwise take the key from Ansible Vault, a lookup or a credential, not from the
            command line, which Ansible prints at high verbosity, and not from the items of a loop, which Ansible prints always.
          - If it is written in YAML, put it in quotation marks. A number is refused, since YAML may have read other digits.
          - A value that is a part of what the task returns is refused, such as of a name, an ARN, a description or a tag, since Ansible
            would mask it there too.
          - A secret that holds JSON or binary data is not overwritten, since it may belong to something else.
        type: raw
      value_from:
        description:
          - Where the module itself reads the key, on the host where it runs, which for the playbooks is the controller or the execution
            environment. Such a key never is an Ansible variable, so that Ansible has nothing to print, whatever goes wrong.
          - Give one of O(secrets[].value_from.env), O(secrets[].value_from.file) and O(secrets[].value_from.secret). White space around the
            key is removed. A source that does not exist or is empty is refused.
          - Mutually exclusive with O(secrets[].value) and O(secrets[].generate). Not read where the secret is V(absent).
        type: dict
        version_added: 2.0.0
        suboptions:
          env:
            description: Name of an environment variable of the module's process, such as one that an AWX credential sets.
            type: str
          file:
            description: Path of a file that holds the key as text and nothing else, such as one that a file of an AWX credential makes.
            type: path
          secret:
            description:
              - Name or ARN of another secret in Secrets Manager that holds the key as text. The caller needs C(secretsmanager:GetSecretValue) for it.
            type: str
          region:
            description: Region of O(secrets[].value_from.secret). Defaults to the task's.
            type: str
      generate:
        description:
          - Make a random key when the secret does not exist yet, or has no value yet. The key is not returned; anyone who may read the
            secret can fetch it from Secrets Manager.
          - Mutually exclusive with O(secrets[].value) and O(secrets[].value_from).
        type: bool
        default: false
      replace_value:
        description: Allow a new value to be stored in an existing secret. The previous value becomes C(AWSPREVIOUS).
        type: bool
        default: false
      description:
        description: Description of the secret. Left alone when omitted, removed by an empty string.
        type: str
      additional_regions:
        description:
          - Store the same key in these Regions too, one secret per Region, since MediaConnect reads keys in its flow's Region only.
          - A generated key is made once and copied in memory. Copies that hold different keys are refused, unless
            O(secrets[].replace_value=true); without O(secrets[].value), the copy in the task's own Region is then stored in the others.
          - Defaults to O(additional_regions).
        type: list
        elements: str
      kms_key_id:
        description:
          - Id, ARN, alias or alias ARN of the KMS key that encrypts the secret. Left alone when omitted, which for a new
            secret means the account's key C(aws/secretsmanager). An empty string stands for that key too.
          - An alias and the key that it names count as one key. With O(secrets[].additional_regions), give an alias that exists in each Region.
          - The role that MediaConnect assumes must then be allowed to decrypt with it, see O(mediaops.mediaconnect.trust_role#module:kms_keys).
        type: str
      tags:
        description: Tags of the secret, added to O(tags). Left alone when both are omitted.
        type: dict
        aliases: [resource_tags]
      allow_rotation:
        description: Accept that automatic rotation is switched on, which is otherwise refused, since it changes the key of a running stream.
        type: bool
        default: false
      recovery_window_in_days:
        description: How long a deleted secret can be restored, 7 to 30 days. Secrets Manager's default is 30.
        type: int
      force_delete_without_recovery:
        description: Delete the secret at once and for good. Mutually exclusive with O(secrets[].recovery_window_in_days).
        type: bool
        default: false
      force_in_use:
        description: Delete this secret even though a flow uses it. Defaults to O(force_in_use).
        type: bool
        version_added: 2.0.0
  fingerprints:
    description:
      - Read the stored keys, so that their fingerprints are returned where the caller may read them, whether or not this task needs the values.
      - Where the caller may not, C(key_fingerprint) is null, with a warning.
    type: bool
    default: false
    version_added: 2.0.0
  additional_regions:
    description: Additional Regions of the secrets that do not declare O(secrets[].additional_regions).
    type: list
    elements: str
    default: []
"""
