#!/usr/bin/env bash
# The tests under the address and the thread sanitizer, each built apart. Arguments: kinds (default both). Optimised:
# without, the numerical tests take hours under the thread sanitizer.
#
#   [FILTER=AgentTests] Scripts/sanitize.sh [address] [thread]
set -eu -o pipefail
FILTER=${FILTER:-NumericsTests|OptionsTests|LearningTests|MarketTests|StoreTests|ConnectTests|AgentTests}
here=$(cd "$(dirname "$0")" && pwd)
for kind in "${@:-address thread}"; do
  for sanitizer in $kind; do
    echo "== $sanitizer"
    options=(-c release -Xswiftc -enable-testing --sanitize="$sanitizer" --scratch-path ".build/$sanitizer")
    swift build "${options[@]}" --build-tests
    # Swift never frees its metadata, so leaks are not counted; a finding ends the run with an error.
    ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 suppressions=$here/sanitize-thread.txt" \
      swift test "${options[@]}" --skip-build --filter "$FILTER"
  done
done
