# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything here works from a fresh clone with nothing but python3 (3.11 or newer), make and a package index.

PYTHON ?= python3
BUILD ?= .build
ARGS ?=

VENV := $(BUILD)/venv
SETUP = $(PYTHON) -m scripts --build $(BUILD) setup
RUN = $(VENV)/bin/python -m scripts --build $(BUILD)
CHECK = @$(RUN) check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup setup-lint install install-lint demo test test-all test-unit test-emulator test-e2e test-e2e-slow bench \
	test-iam lint ansible-lint docs docs-lint mypy importer sanity integration molecule units coverage mutants format matrix release clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo "  PYTHON=python3.13 chooses the Python, ARGS='-k name' is handed on to a single stage."

setup: ## Make the virtual environment and fetch amazon.aws, all under .build
	@$(SETUP)

setup-lint: ## The same, with the linters and release tools
	@$(SETUP) lint

install: setup ## Build the collection and install it under .build/collections
	@$(RUN) install

install-lint: setup-lint
	@$(RUN) install

demo: install ## See the whole thing work against the local emulator: no AWS account needed
	@$(RUN) demo

test: install-lint ## Run every check that a change must pass, and sum up
	$(CHECK) test

test-all: ## Run those, and what takes long: slow end-to-end tests, ansible-test units, IAM, docs, coverage, the version matrix
	@$(SETUP) lint docs measure
	@$(RUN) install
	$(CHECK) test-all
	@$(RUN) matrix

test-unit: install ## Run the unit tests
	$(CHECK) unit -- $(ARGS)

test-emulator: install ## Run the emulator's own tests
	$(CHECK) emulator -- $(ARGS)

test-e2e: install ## Run the real playbooks against the emulator
	$(CHECK) e2e -- $(ARGS)

test-e2e-slow: install ## Run those of them that are left out of make test because they take long
	$(CHECK) e2e-slow -- $(ARGS)

test-iam: install ## Prove the operator's policy of docs/iam-permissions.md where IAM is enforced (some minutes)
	$(CHECK) iam -- $(ARGS)

bench: ## Measure side by side with other ways to do the same (ARGS='--only "20 x"'); all of it takes half an hour
	@$(SETUP) bench
	@$(RUN) install
	$(CHECK) bench -- $(ARGS)

lint: install-lint ## Run all linters
	$(CHECK) lint

ansible-lint: install-lint ## Run ansible-lint with its production profile
	$(CHECK) ansible-lint

docs-lint: install-lint ## Check the modules' and roles' documentation
	$(CHECK) docs-lint

docs: ## Build the documentation site
	@$(SETUP) docs
	@$(RUN) install
	$(CHECK) docs

mypy: install-lint ## Check the types of the plugins, the scripts and the emulator
	$(CHECK) mypy -- $(ARGS)

importer: install-lint ## Judge the tarball as Ansible Galaxy does
	$(CHECK) importer

sanity: install ## Run ansible-test sanity, without Docker (ARGS='--test pep8')
	$(CHECK) sanity -- $(ARGS)

integration: install ## Run ansible-test integration against the emulator, without Docker (ARGS=module_trust_role)
	$(CHECK) integration -- $(ARGS)

molecule: install-lint ## Run molecule's scenarios against the emulator (ARGS=grant)
	$(CHECK) molecule -- $(ARGS)

units: install ## Run the unit tests by ansible-test
	$(CHECK) units -- $(ARGS)

coverage: ## Measure by line and branch what the tests run through (ARGS=tests/unit)
	@$(SETUP) measure
	@$(RUN) install
	$(CHECK) coverage -- $(ARGS)

mutants: ## Change the planners in one place at a time and see whether the tests notice (ARGS='--minutes 10 keys')
	@$(SETUP) measure
	@$(RUN) install
	$(CHECK) mutants -- $(ARGS)

format: setup-lint ## Format the Python code and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix-only --quiet .
	@$(VENV)/bin/ruff format --quiet .

matrix: setup ## Install the oldest and the newest supported versions and test with each (ARGS=oldest)
	@$(RUN) matrix $(ARGS)

release: install-lint ## Make a release: VERSION=1.2.3
	@$(RUN) release "$(VERSION)"

clean: ## Remove everything that was made here
	@rm -rf $(BUILD)
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
