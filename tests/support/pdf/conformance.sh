#!/bin/sh
# Whether files, named on standard input one a line, conform to PDF/A-3a and PDF/UA-1: a line for each of both, and 7 where one
# does not (Conformance.java). Everything it needs is put in place by install.sh.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${CABINET_CACHE:-$(cd "$here/../../.." && pwd)/.cache/pdf}
exec java -Xshare:auto -XX:TieredStopAtLevel=1 -cp "$cache/verapdf.jar:$cache/conformance" Conformance 2>"${CABINET_JAVA_LOG:-/dev/null}"
