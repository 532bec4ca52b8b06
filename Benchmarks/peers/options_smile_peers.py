#!/usr/bin/env python3
"""Smiles and surfaces: hydra-bench beside QuantLib and pysabr on the same files.

    python3 Benchmarks/peers/options_smile_peers.py [--hydra-bench bin/hydra-bench] [--smiles N] [--surfaces N] [--rounds R]

Writes a file of noisy SABR smiles (15 strikes) and one of surfaces (8 expiries of 15 out-of-the-money European premiums from
SSVI slices, with noise), runs every program on them in alternation, and prints microseconds, error and ratio. A peer that is not
installed is named and left out (pip install QuantLib pysabr). QuantLib's SVI slices exclude no arbitrage; Hydra's
surfaces do. Times of the peers are those of their calibration alone, in one thread, without reading and parsing.
"""
import argparse
import json
import math
import os
import random
import statistics
import subprocess
import tempfile
import time

try:
    import QuantLib as ql
except ImportError:
    ql = None
try:
    import numpy as np
    from pysabr import Hagan2002LognormalSABR
except ImportError:
    Hagan2002LognormalSABR = None


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def premium(kind, forward, strike, deviation, discount):
    sign = 1 if kind == "call" else -1
    d1 = math.log(forward / strike) / deviation + deviation / 2
    return discount * sign * (forward * normal(sign * d1) - strike * normal(sign * (d1 - deviation)))


def sabr(forward, strike, years, alpha, beta, rho, nu):
    log = math.log(forward / strike)
    power = (forward * strike) ** ((1 - beta) / 2)
    z = nu / alpha * power * log
    chi = 1 if abs(z) < 1e-9 else z / math.log((math.sqrt(1 - 2 * rho * z + z * z) + z - rho) / (1 - rho))
    square = ((1 - beta) * log) ** 2
    growth = ((1 - beta) * alpha / power) ** 2 / 24 + rho * beta * nu * alpha / power / 4 + (2 - 3 * rho * rho) / 24 * nu * nu
    return alpha / power / (1 + square / 24 + square * square / 1920) * chi * (1 + growth * years)


def write_smiles(path, count):
    smiles = []
    with open(path, "w") as out:
        out.write("smile,forward,expiry_years,strike,vol\n")
        for name in range(count):
            forward, years = random.uniform(250, 450), random.uniform(0.08, 1)
            nu, rho = random.uniform(0.4, 1.5), random.uniform(-0.6, 0.6)
            alpha = random.uniform(0.2, 0.5) * math.sqrt(forward)
            strikes = [10.0 * round(forward / 10 + step) for step in range(-7, 8)]
            vols = [sabr(forward, k, years, alpha, 0.5, rho, nu) + random.gauss(0, 0.0015) for k in strikes]
            smiles.append((forward, years, strikes, vols))
            for strike, vol in zip(strikes, vols):
                out.write(f"{name},{forward!r},{years!r},{strike!r},{vol!r}\n")
    return smiles


def write_surfaces(path, count):
    surfaces = []
    with open(path, "w") as out:
        out.write("surface_id,expiry_index,forward,expiry_years,rate,type,strike,price\n")
        for name in range(count):
            level, rho = random.uniform(0.2, 0.4), random.uniform(-0.5, 0.5)
            eta, expiries = random.uniform(0.6, 1.2), []
            for index in range(8):
                years = (30 + 45 * index) / 365
                forward, theta, rate = 350 + 4.0 * index, level * level * years, 0.04
                phi = eta / (theta ** 0.4 * (1 + theta) ** 0.6)
                width = 2.5 * math.sqrt(theta)
                strikes = [forward * math.exp(width * step / 7) for step in range(-7, 8)]
                vols = []
                for strike in strikes:
                    x = phi * math.log(strike / forward)
                    w = theta / 2 * (1 + rho * x + math.sqrt((x + rho) ** 2 + 1 - rho * rho))
                    vol = math.sqrt(w / years) + random.gauss(0, 0.001)
                    vols.append(vol)
                    kind = "put" if strike < forward else "call"
                    price = premium(kind, forward, strike, vol * math.sqrt(years), math.exp(-rate * years))
                    out.write(f"{name},{index},{forward!r},{years!r},{rate!r},{kind},{strike!r},{price!r}\n")
                expiries.append((forward, years, rate, strikes, vols))
            surfaces.append(expiries)
    return surfaces


def hydra(program, task, source, target, extra=()):
    done = subprocess.run([program, "options", task, source, target, "--repeat", "3", *extra], check=True, capture_output=True, text=True)
    seconds = json.loads(done.stdout.strip().splitlines()[-1])["seconds"]
    with open(target) as rows:
        return seconds, [float(row) for row in rows]


def error(smile, alpha, rho, nu):
    forward, years, strikes, vols = smile
    misses = [sabr(forward, k, years, alpha, 0.5, rho, nu) - v for k, v in zip(strikes, vols)]
    return math.sqrt(sum(x * x for x in misses) / len(misses))


def quantlib_sabr(smiles):
    began, fits = time.perf_counter(), []
    for forward, years, strikes, vols in smiles:
        fit = ql.SABRInterpolation(
            strikes, vols, years, forward, 0.3 * math.sqrt(forward), 0.5, 0.5, 0.0, False, True, False, False, False)
        fits.append((fit.alpha(), fit.rho(), fit.nu()))
    return time.perf_counter() - began, [error(smile, *fit) for smile, fit in zip(smiles, fits)]


def pysabr_fit(smiles):
    began, fits = time.perf_counter(), []
    for forward, years, strikes, vols in smiles:
        model = Hagan2002LognormalSABR(f=forward, shift=0, t=years, beta=0.5)
        fits.append(model.fit(np.array(strikes), 100 * np.array(vols), initial_guess=[0.3 * math.sqrt(forward), 0, 0.5]))
    return time.perf_counter() - began, [error(smile, *fit) for smile, fit in zip(smiles, fits)]


def quantlib_surfaces(surfaces):
    """Implied volatilities and an SVI slice for each expiry: what Hydra's time holds too."""
    today = ql.Date(2, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    seconds, fitted = 0.0, []
    for expiries in surfaces:
        premiums = [
            [premium("put" if k < f else "call", f, k, v * math.sqrt(t), math.exp(-r * t)) for k, v in zip(ks, vs)]
            for f, t, r, ks, vs in expiries
        ]
        began = time.perf_counter()
        for (forward, years, rate, strikes, _), prices in zip(expiries, premiums):
            discount = math.exp(-rate * years)
            vols = [
                ql.blackFormulaImpliedStdDev(ql.Option.Put if k < forward else ql.Option.Call, k, forward, p, discount) / math.sqrt(years)
                for k, p in zip(strikes, prices)
            ]
            date = today + int(round(365 * years))
            section = ql.SviInterpolatedSmileSection(
                date, forward, strikes, False, vols[7], vols, 0.01, 0.1, 0.1, 0.0, 0.0, False, False, False, False, False, False,
                ql.EndCriteria(500, 50, 1e-10, 1e-10, 1e-10), ql.LevenbergMarquardt(), ql.Actual365Fixed())
            section.volatility(forward)
            seconds += time.perf_counter() - began
            fitted += [section.volatility(k) for k in strikes]
            began = time.perf_counter()
    return seconds, fitted


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--hydra-bench", default="bin/hydra-bench")
    options.add_argument("--smiles", type=int, default=400)
    options.add_argument("--surfaces", type=int, default=50)
    options.add_argument("--rounds", type=int, default=5)
    options = options.parse_args()
    random.seed(42)
    with tempfile.TemporaryDirectory() as folder:
        smile_file, surface_file = os.path.join(folder, "smiles.csv"), os.path.join(folder, "surfaces.csv")
        target = os.path.join(folder, "out")
        smiles, surfaces = write_smiles(smile_file, options.smiles), write_surfaces(surface_file, options.surfaces)
        flat = [vol for expiries in surfaces for expiry in expiries for vol in expiry[4]]
        runs = {
            "sabr hydra": lambda: hydra(options.hydra_bench, "sabr", smile_file, target),
            "surface hydra eSSVI": lambda: hydra(options.hydra_bench, "surface", surface_file, target),
            "surface hydra SVI": lambda: hydra(options.hydra_bench, "surface", surface_file, target, ("--model", "svi")),
        }
        if ql:
            runs["sabr QuantLib"] = lambda: quantlib_sabr(smiles)
            runs["surface QuantLib SVI"] = lambda: quantlib_surfaces(surfaces)
        else:
            print("QuantLib is not installed")
        if Hagan2002LognormalSABR:
            runs["sabr pysabr"] = lambda: pysabr_fit(smiles[:5])
        else:
            print("pysabr is not installed")
        times = {name: [] for name in runs}
        results = {}
        for _ in range(options.rounds):
            for name, run in runs.items():
                seconds, results[name] = run()
                count = 5 if name == "sabr pysabr" else options.smiles if name.startswith("sabr") else options.surfaces
                times[name].append(1e6 * seconds / count)
        best = results["sabr hydra"]
        for name in runs:
            median, note = statistics.median(times[name]), ""
            base = statistics.median(times["sabr hydra" if name.startswith("sabr") else "surface hydra eSSVI"])
            if name.startswith("sabr"):
                worst = max((error / other) ** 2 for error, other in zip(results[name], best))
                note = f"worst sum of squares {worst:.9f} of hydra's"
            else:
                misses = [a - b for a, b in zip(results[name], flat)]
                note = f"rms {math.sqrt(sum(x * x for x in misses) / len(misses)):.6f} in volatility"
            print(f"{name:24s} {median:12.2f} us  {median / base:9.2f} x  {note}")


if __name__ == "__main__":
    main()
