#!/usr/bin/env bash
# Long studies; each prints a table and fails when a figure is outside its tolerance.
set -eu -o pipefail
HYDRA=${HYDRA:-bin/hydra}

echo "== the generated market against real oats: mean of 20 worlds of 10 years"
"$HYDRA" data study --seeds 20 --seed 1 --format table

echo "== the agent on worlds whose truth is known"
"$HYDRA" study --seeds 5 --seed 1 --format table
