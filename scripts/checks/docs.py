# Copyright (c) 2026, mediaops.mediaconnect contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site: the pages of the repository, and the reference that antsibull-docs makes of modules, roles and plugins.

The site's source mirrors the repository, so that the pages' links to each other hold. A warning fails the build.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts import ROOT
from scripts.build import Build

COLLECTION = "mediaops.mediaconnect"
PAGES = (
    "*.md",
    "LICENSE",
    "docs/*.md",
    "docs/guides/*.md",
    "docs/images/*",
    "docs/examples/*",
    "roles/*/README.md",
    "emulator/README.md",
)
CONFIGURATION = """
extensions = ["myst_parser", "sphinx_antsibull_ext"]
myst_heading_anchors = 4
exclude_patterns = ["docs/index.md", "docs/docsite"]
html_theme_options = {"documentation_home_url": "/", "vcs_pageview_mode": ""}
# Labels of Ansible's own site, which need not be reachable, and links to folders and to files that are no pages.
# Tests check the pages' links, make docs-lint the reference's.
suppress_warnings = ["myst.header", "myst.xref_missing", "ref.ref", "toc.empty_glob"]
html_copy_source = False
"""


def prepare(build: Build, site: Path) -> Path:
    """Make an empty site and put the pages into it."""
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(mode=0o700)
    index = ROOT / "docs" / "docsite" / "index.rst"
    title = ["--project", COLLECTION, "--title", COLLECTION, "--copyright", f"{COLLECTION} contributors"]
    init = ["sphinx-init", "--use-current", "--lenient", "--index-rst-source", str(index), *title]
    build.run("antsibull-docs", *init, "--dest-dir", site, COLLECTION)
    with (site / "conf.py").open("a") as configuration:
        configuration.write(CONFIGURATION)
    source = site / "rst"
    for page in {page for pattern in PAGES for page in ROOT.glob(pattern)}:
        target = source / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(page, target)
    return source


def build_site(build: Build) -> int:
    """Make the site's source, then the site."""
    site = build.directory / "docs"
    source = prepare(build, site)
    source.chmod(0o700)
    reference = ["--config-file", str(site / "antsibull-docs.cfg"), "collection", "--use-current"]
    build.run("antsibull-docs", *reference, "--dest-dir", source, "--fail-on-error", COLLECTION)
    sphinx = ["--jobs", "2", "--quiet", "--fail-on-warning", "--keep-going", "-c", str(site)]
    build.run("sphinx-build", "-b", "html", *sphinx, source, site / "html")
    print(f"docs: {site / 'html' / 'index.html'}")
    return 0
