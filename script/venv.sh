# shellcheck shell=sh
# Sourced by script/server and script/test, in the checkout's root: a Python environment in .venv, made and filled once.

say() { printf '%s\n' "$*"; }
stop() {
    printf '%s: %s\n' "$0" "$*" >&2
    exit 1
}

# Sets $python to the first Python that is new enough.
find_python() {
    for python in python3 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then return; fi
    done
    stop "Python 3.11 or newer is needed; none is on the path (tried python3, python3.13, python3.12, python3.11)." \
        "Install one, with its venv module: on Debian or Ubuntu, apt install python3 python3-venv"
}

# Makes .venv unless a working one is there: one whose Python was removed or whose making was cut short is made again.
make_venv() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then return; fi
    find_python
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "this Python ($(command -v "$python")) lacks its venv module. On Debian or Ubuntu: apt install python3-venv"
    say "Making the Python environment in .venv ..."
    rm -rf .venv
    "$python" -m venv .venv || stop "the environment could not be made; the lines above say why."
}

# changed NAME PATH...: true unless the files there are the same as when `done_with NAME PATH...` was last called.
fingerprint() { find "$@" -type f -exec cksum {} + | sort -u; }
changed() {
    stamp=.venv/$1.done
    shift
    [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint "$@")" ]
}
done_with() {
    stamp=.venv/$1.done
    shift
    fingerprint "$@" >"$stamp"
}

# install FILE: the packages of a requirements file, unless they are those of the last time (the tests' file holds the other).
install() {
    changed "$1" requirements.txt "$1" || return 0
    say "Installing $1 (the first time takes a minute) ..."
    .venv/bin/python -m pip install -qq --disable-pip-version-check --requirement "$1" ||
        stop "the packages of $1 could not be installed; the lines above say why. The next run starts here again."
    done_with "$1" requirements.txt "$1"
    if [ "$1" = requirements-dev.txt ]; then done_with requirements.txt requirements.txt; fi
}
