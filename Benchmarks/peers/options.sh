#!/usr/bin/env bash
# Option mathematics beside QuantLib, Let's Be Rational, numpy, scipy and pysabr, each pair on one file in one run: the
# ratio tables of the README.
#
#   Benchmarks/peers/options.sh [BENCH [PYTHON]]          default: bin/hydra-bench python3
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bench=${1:-$here/../../bin/hydra-bench}
python=${2:-python3}
"$python" "$here/options_peers.py" --hydra-bench "$bench"
"$python" "$here/options_american_peers.py" --hydra-bench "$bench" --cases "$here/../../Tests/Vectors/options/american.json"
"$python" "$here/options_smile_peers.py" --hydra-bench "$bench"
"$python" "$here/options_density_peers.py" --hydra-bench "$bench"
