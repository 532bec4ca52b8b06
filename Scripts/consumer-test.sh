#!/usr/bin/env bash
# A package of its own that depends on a tagged copy of this repository: one target imports HydraCore, another only
# HydraOptions. Builds and runs both, as a user's package would.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
# Kept between runs so that only what changed is built again.
work=${HYDRA_CONSUMER_DIR:-$root/.build/consumer}
rm -rf "$work/repository" "$work/Consumer"
mkdir -p "$work"
trap 'rm -rf "$work/repository"' EXIT

# A snapshot of the tracked files as they stand, tagged; built at the default instruction set.
git init -q "$work/repository"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' f; do [ -e "$f" ] && printf '%s\0' "$f"; done | tar --null -T - -cf -) | tar -xf - -C "$work/repository"
version="0.0.$(date +%s)"
(cd "$work/repository" && git add -A && git -c user.name=consumer -c user.email=consumer@example.org commit -qm snapshot && git tag "$version")

mkdir -p "$work/Consumer"
cp -R "$root/Scripts/consumer/." "$work/Consumer/"
sed -e "s|@REPOSITORY@|file://$work/repository|" -e "s|@VERSION@|$version|" "$root/Scripts/consumer/Package.swift.in" > "$work/Consumer/Package.swift"
rm "$work/Consumer/Package.swift.in"
cd "$work/Consumer"
swift build
whole=$(swift run --skip-build WholeLibrary)
options=$(swift run --skip-build OnlyOptions)
echo "$whole"
echo "$options"
case "$options" in "7.9655674554"*) ;; *) echo "consumer test: OnlyOptions printed '$options'" >&2; exit 1 ;; esac
case "$whole" in "drift at "*) ;; *) echo "consumer test: WholeLibrary printed '$whole'" >&2; exit 1 ;; esac
binary=$(swift build --show-bin-path)/OnlyOptions
if ldd "$binary" 2> /dev/null | grep -qE 'libsqlite3|libcurl'; then
  echo "consumer test: a program that imports only HydraOptions links SQLite or libcurl" >&2
  exit 1
fi
echo "consumer test: both programs built and ran"
