# Makes the virtual environment; read by scripts/run, scripts/test and scripts/check.
# Sets $python to its interpreter. $1: the requirements file.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$here" || exit 1
venv=${MNIST_VENV:-$here/.venv}

is_supported() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3.12 python3.13 python3.11 python; do
        if command -v "$candidate" >/dev/null && is_supported "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    local found
    found=$(python3 --version 2>&1 || true)
    echo "This program needs Python 3.11, 3.12 or 3.13; found: ${found:-no Python}." >&2
    echo "Install one of them from https://www.python.org/downloads/ and start again." >&2
    return 1
}

# Installs again only where a requirements file or the Python has changed.
prepare_environment() {
    local base stamp
    python=$venv/bin/python
    if ! { [ -x "$python" ] && is_supported "$python"; }; then
        base=$(find_python) || exit 1
        echo "Making the environment in ${venv#"$here"/} (once; this takes some minutes) ..."
        rm -rf "$venv"
        "$base" -m venv "$venv" || exit 1
    fi
    stamp=$(cat requirements.txt "$1" | cksum)
    if [ "$(cat "$venv/installed-${1%.txt}" 2>/dev/null)" != "$stamp" ]; then
        "$python" -m pip install --quiet --disable-pip-version-check -r "$1" || {
            echo "The packages of $1 could not be installed; the lines above say why." >&2
            exit 1
        }
        echo "$stamp" >"$venv/installed-${1%.txt}"
    fi
}

prepare_environment "$1"
