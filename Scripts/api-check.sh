#!/usr/bin/env bash
# Compares the public interface of the library products with that of the newest tag. Until 1.0 a minor version may break
# it (see README.md); what breaks is listed in any case, and fails the check when no version is raised for it.
set -euo pipefail
cd "$(dirname "$0")/.."

tag=$(git tag --list 'v[0-9]*' '[0-9]*' --sort=-v:refname | head -n 1)
if [ -z "$tag" ]; then
  echo "API check: there is no tag to compare with yet"
  exit 0
fi
version=$(sed -n 's/.*static let version = "\([0-9.]*\)".*/\1/p' Sources/HydraCore/Agent/Agent.swift)
echo "API check: $tag against version $version"
if swift package diagnose-api-breaking-changes "$tag" --baseline-dir .build/api-baselines; then exit 0; fi

# Breaking is allowed with a new major version, and before 1.0 with a new minor one.
IFS=. read -r old_major old_minor _ <<< "${tag#v}"
IFS=. read -r major minor _ <<< "$version"
if [ "$major" -gt "$old_major" ] || { [ "$major" -eq 0 ] && [ "$minor" -gt "$old_minor" ]; }; then
  echo "API check: $version may break what $tag promised"
  exit 0
fi
echo "API check: the changes above break $tag; raise the version to $([ "$old_major" -eq 0 ] && echo "0.$((old_minor + 1)).0" || echo "$((old_major + 1)).0.0") or keep the interface" >&2
exit 1
