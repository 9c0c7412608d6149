#!/usr/bin/env bash
# Files out of a pipeline, made by the tools themselves from src-tauri/crates/evidence/fixtures/project: no network, a few
# seconds. What each is, and with which command, is in fixtures/README.md.
#   evidence-files.sh FOLDER     FOLDER is there, and empty
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
to=$(cd "$1" && pwd)
python=$root/.cache/evidence/venv/bin
node=$root/ui/node_modules/.bin
if ! [ -x "$python/ruff" ] || ! [ -x "$node/vitest" ]; then
    echo "evidence-files: the stages \"packages ui tools\" of tests/support/test.sh bring what is missing" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$root"/src-tauri/crates/evidence/fixtures/project/* "$work"
cd "$work"
export PYTHONDONTWRITEBYTECODE=1 NO_COLOR=1

# A tool whose tests fail, or that finds something, ends with 1: that is what is wanted here. Anything else is a fault.
reports() {
    local code=0
    "$@" >"$work/said" 2>&1 || code=$?
    [ "$code" -eq 1 ] || { cat "$work/said" >&2; echo "evidence-files: $1 ended with $code instead of 1" >&2; exit 1; }
}

for format in cyclonedx spdx; do
    npm sbom --sbom-format "$format" --package-lock-only >"$to/npm.$format.json"
done
reports node --test --test-reporter=junit --test-reporter-destination="$to/node.junit.xml" sum.test.js
reports node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination="$to/node.lcov" sum.test.js
reports "$python/python" -m coverage run --source=. -m pytest -q -p no:cacheprovider --junitxml="$to/pytest.junit.xml" test_bad.py
"$python/python" -m coverage xml -q -o "$to/coverage.cobertura.xml"
"$python/python" -m coverage lcov -q -o "$to/coverage.lcov"
reports "$node/vitest" run --root . --globals --reporter=junit --outputFile="$to/vitest.junit.xml" sum.spec.js
biome() { "$node/biome" lint --reporter=sarif bad.js >"$to/biome.sarif"; }
reports biome
reports "$python/ruff" check --no-cache --output-format sarif --select F,E --output-file "$to/ruff.sarif" bad.py
