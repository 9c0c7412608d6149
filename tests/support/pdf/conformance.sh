#!/bin/sh
# Whether files, named on standard input one a line, conform to PDF/A-3a and PDF/UA-1: a line for each of both, and 7 where one
# does not (Conformance.java). Everything it needs is put in place by install.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${CABINET_CACHE:-$(cd "$here/../../.." && pwd)/.cache/pdf}
# A few files are done before the second compiler pays; hundreds are not.
tiers=-XX:TieredStopAtLevel=1
[ "${CABINET_COUNTS:-}" != full ] || tiers=-XX:+TieredCompilation
exec java -Xshare:auto "$tiers" -cp "$cache/verapdf.jar:$cache/conformance" Conformance 2>"${CABINET_JAVA_LOG:-/dev/null}"
