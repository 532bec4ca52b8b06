#!/usr/bin/env bash
# The tests under the address and the thread sanitizer, each built apart. Arguments: kinds (default both).
set -eu -o pipefail
FILTER=${FILTER:-NumericsTests|LearningTests|StoreTests|ConnectTests|AgentTests}
here=$(cd "$(dirname "$0")" && pwd)
for kind in "${@:-address thread}"; do
  for sanitizer in $kind; do
    echo "== $sanitizer"
    swift build --build-tests --sanitize="$sanitizer" --scratch-path ".build/$sanitizer"
    # Swift never frees its metadata, so leaks are not counted; a finding ends the run with an error.
    ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 suppressions=$here/sanitize-thread.txt" \
      swift test --skip-build --sanitize="$sanitizer" --scratch-path ".build/$sanitizer" --filter "$FILTER"
  done
done
