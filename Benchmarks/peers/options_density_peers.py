"""Density at 401 prices from implied volatilities: scipy's splines, timed on the file that hydra-bench reads.

usage: options_density_peers.py IN.csv OUT.csv [REPEATS]     (columns smile, forward, expiry_years, strike, vol)

A natural cubic spline through the volatilities gives prices at 401 points; a spline through these gives the density as its
second derivative. Prints {"seconds": s}, the median of the repeats for all smiles. Needs numpy and scipy.
"""

import csv
import json
import statistics
import sys
import time

try:
    import numpy as np
    from scipy.interpolate import CubicSpline
    from scipy.special import ndtr
except ImportError as missing:
    sys.exit(f"options_density_peers.py: {missing.name} is not installed; pip install numpy scipy")


def density(forward, years, strikes, vols):
    near = np.argmin(np.abs(strikes - forward))
    reach = 4 * vols[near] * np.sqrt(years)
    x = np.linspace(forward * np.exp(-reach), forward * np.exp(reach), 401)
    spline = CubicSpline(strikes, vols, bc_type="natural")
    s = spline(np.clip(x, strikes[0], strikes[-1])) * np.sqrt(years)
    d1 = np.log(forward / x) / s + s / 2
    calls = forward * ndtr(d1) - x * ndtr(d1 - s)
    return CubicSpline(x, calls)(x, 2)


def main():
    smiles = {}
    with open(sys.argv[1], newline="") as file:
        for row in csv.DictReader(file):
            key = (row["smile"], float(row["forward"]), float(row["expiry_years"]))
            smiles.setdefault(key, []).append((float(row["strike"]), float(row["vol"])))
    inputs = [(key[1], key[2], *map(np.array, zip(*rows))) for key, rows in smiles.items()]
    times = []
    for _ in range(int(sys.argv[3]) if len(sys.argv) > 3 else 15):
        began = time.perf_counter()
        result = [density(*one) for one in inputs]
        times.append(time.perf_counter() - began)
    with open(sys.argv[2], "w") as file:
        file.writelines(f"{value!r}\n" for one in result for value in one.tolist())
    print(json.dumps({"seconds": statistics.median(times)}))


if __name__ == "__main__":
    main()
