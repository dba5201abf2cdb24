# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything here works from a fresh clone with nothing but python3 (3.11 or newer), make and a package index.

PYTHON ?= python3
BUILD ?= .build
ARGS ?=

VENV := $(BUILD)/venv
RUN := $(VENV)/bin/python scripts
STAGES = @$(RUN)/stages.py --build $(BUILD)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-lint install install-lint demo test test-all test-unit test-emulator test-e2e bench \
	test-iam lint ansible-lint docs docs-lint mypy importer sanity integration molecule units coverage mutants format matrix release clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  PYTHON=python3.13 chooses the Python, ARGS='-k name' is handed on to a single stage."

setup: ## Make the virtual environment and fetch amazon.aws, all under .build
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD)

setup-lint: ## The same, with the linters and release tools
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) lint

install: setup ## Build the collection and install it under .build/collections
	@$(RUN)/install.py --build $(BUILD)

install-lint: setup-lint
	@$(RUN)/install.py --build $(BUILD)

demo: install ## See the whole thing work against the local emulator: no AWS account needed
	@$(RUN)/demo.py --build $(BUILD)

test: install-lint ## Run every check that a change must pass, and sum up
	$(STAGES) test

test-all: ## Run those, and what takes long: ansible-test units, IAM, docs, coverage, the version matrix
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) lint docs measure
	@$(RUN)/install.py --build $(BUILD)
	$(STAGES) test-all
	@$(RUN)/matrix.py --build $(BUILD)

test-unit: install ## Run the unit tests
	$(STAGES) unit -- $(ARGS)

test-emulator: install ## Run the emulator's own tests
	$(STAGES) emulator -- $(ARGS)

test-e2e: install ## Run the real playbooks against the emulator
	$(STAGES) e2e -- $(ARGS)

test-iam: install ## Prove the operator's policy of docs/iam-permissions.md where IAM is enforced (some minutes)
	$(STAGES) iam -- $(ARGS)

bench: ## Measure side by side with other ways to do the same (ARGS='--only "20 x"'); all of it takes half an hour
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) bench
	@$(RUN)/install.py --build $(BUILD)
	$(STAGES) bench -- $(ARGS)

lint: install-lint ## Run all linters
	$(STAGES) lint

ansible-lint: install-lint ## Run ansible-lint with its production profile
	$(STAGES) ansible-lint

docs-lint: install-lint ## Check the modules' and roles' documentation
	$(STAGES) docs-lint

docs: ## Build the documentation site
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) docs
	@$(RUN)/install.py --build $(BUILD)
	$(STAGES) docs

mypy: install-lint ## Check the plugins' and the emulator's types
	$(STAGES) mypy -- $(ARGS)

importer: install-lint ## Judge the tarball as Ansible Galaxy does
	$(STAGES) importer

sanity: install ## Run ansible-test sanity, without Docker (ARGS='--test pep8')
	$(STAGES) sanity -- $(ARGS)

integration: install ## Run ansible-test integration against the emulator, without Docker (ARGS=module_trust_role)
	$(STAGES) integration -- $(ARGS)

molecule: install-lint ## Run molecule's scenarios against the emulator (ARGS=grant)
	$(STAGES) molecule -- $(ARGS)

units: install ## Run the unit tests by ansible-test
	$(STAGES) units -- $(ARGS)

coverage: ## Measure by line and branch what the tests run through (ARGS=tests/unit)
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) measure
	@$(RUN)/install.py --build $(BUILD)
	$(STAGES) coverage -- $(ARGS)

mutants: ## Change the planners in one place at a time and see whether the tests notice (ARGS='--minutes 10 keys')
	@$(PYTHON) scripts/bootstrap.py --build $(BUILD) measure
	@$(RUN)/install.py --build $(BUILD)
	$(STAGES) mutants -- $(ARGS)

format: setup-lint ## Format the Python code and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format --quiet .

matrix: setup ## Install the oldest and the newest supported versions and test with each (ARGS=oldest)
	@$(RUN)/matrix.py --build $(BUILD) $(ARGS)

release: install-lint ## Make a release: VERSION=1.2.3
	@$(RUN)/release.py --build $(BUILD) "$(VERSION)"

clean: ## Remove everything that was made here
	@rm -rf $(BUILD)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
