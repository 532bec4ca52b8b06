#!/usr/bin/env bash
# Long studies; each prints a table and fails when a figure is outside its tolerance.
set -eu -o pipefail
HYDRA=${HYDRA:-bin/hydra}

echo "== the generated market against real oats: mean of 20 worlds of 10 years"
"$HYDRA" data study --seeds 20 --seed 1 --format table

echo "== the agent on 20 worlds with planted shifts and 20 without, judged by their truth"
"$HYDRA" study --seeds 20 --seed 1 --format json

echo "== faults of single columns, planted in 20 worlds"
"$HYDRA" study faults --seeds 20 --seed 1 --format json

echo "== ten years of daily data with experiments, limit 40 s"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$HYDRA" data synth --out "$work/market" --years 18 --effect-scale 5 --seed 1 > /dev/null
start=$(date +%s)
"$HYDRA" run --data "$work/market" --market ZO --from 2013-01-01 --store "sqlite:$work/hydra.sqlite" --quiet --format table
seconds=$(($(date +%s) - start))
echo "$seconds s"
[ "$seconds" -lt 40 ] || {
  echo "study: ten years took $seconds s, the limit is 40" >&2
  exit 1
}
