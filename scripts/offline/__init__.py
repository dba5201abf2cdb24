# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in for services of the net. Setting up and testing need a package index, and nothing else: no Ansible Galaxy, no host
of Ansible's, no container engine, no AWS. Each file here exists because one of those is missing:

collections    amazon.aws comes from Ansible Galaxy everywhere else. Here it is taken out of the `ansible` package of the index.
pip            Debian's python3 makes virtual environments without pip unless python3-venv is installed, which needs root and a
               mirror. Here pip itself comes from the index.
home           ansible-test downloads pip for its virtual environments from a host of Ansible's, and hands no choice of package
               index on to it. Here it finds both in a home directory that is made for it, which also keeps the user's own
               settings of AWS, Ansible and molecule away from all tools.

The container engine that ansible-test likes to work in is done without by checks/integration.py, and AWS by the emulator.
"""
