#!/usr/bin/env python3
"""Density at 401 prices from implied volatilities: hydra-bench beside scipy's splines on one file, alternately.

    python3 Benchmarks/peers/options_density_peers.py [--hydra-bench bin/hydra-bench] [--smiles N] [--rounds R]

The peer: a natural cubic spline through the volatilities gives prices at 401 points; a spline through these gives the density
as its second derivative. It may be negative and its mass is not one; Hydra's is not and is. Needs numpy and scipy.
"""
import argparse
import os
import random
import statistics
import sys
import tempfile
import time

from options_smile_peers import hydra, write_smiles

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
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--hydra-bench", default="bin/hydra-bench")
    options.add_argument("--smiles", type=int, default=400)
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    random.seed(42)
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "smiles.csv"), os.path.join(folder, "out")
        inputs = [(f, t, np.array(ks), np.array(vs)) for f, t, ks, vs in write_smiles(source, options.smiles)]
        for _ in range(options.rounds):
            ours.append(hydra(options.hydra_bench, "density", source, target)[0])
            began = time.perf_counter()
            for one in inputs:
                density(*one)
            theirs.append(time.perf_counter() - began)
    ratio = statistics.median(their / our for our, their in zip(ours, theirs))
    for name, values in ("density hydra", ours), ("density scipy", theirs):
        print(f"{name:24s} {1e6 * statistics.median(values) / options.smiles:12.2f} us")
    print(f"{'ratio':24s} {ratio:12.1f} x")


if __name__ == "__main__":
    main()
