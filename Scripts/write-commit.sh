#!/usr/bin/env bash
# Writes the commit that is being built into a file of the runner's that git ignores, only when it changed.
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(git rev-parse --short=12 HEAD 2> /dev/null || echo unknown)
[ -z "$(git status --porcelain --untracked-files=no 2> /dev/null)" ] || commit="$commit+changes"
file=Sources/HydraRunner/BuildCommit.swift
text="/// The commit that this runner was built from; written by \`make build\`.
let buildCommit = \"$commit\""
[ -f "$file" ] && [ "$(cat "$file")" = "$text" ] || printf '%s\n' "$text" > "$file"
