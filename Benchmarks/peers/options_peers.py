#!/usr/bin/env python3
"""Other programs on the same options as hydra-bench, alternately, and the ratios of their times.

    python3 Benchmarks/peers/options_peers.py [--hydra-bench bin/hydra-bench] [--rows N] [--rounds R]

Peers come from PyPI and are optional: numpy with scipy, QuantLib, py_vollib (Let's Be Rational). What is missing is named and
left out. Every peer works on the rows that hydra-bench reads, one thread, without reading or parsing; the figure of a task is
the median over the rounds of the fastest of three, in ns an option. Largest differences from Hydra's results stand beside it,
so that a time is never read without its accuracy.
"""
import argparse
import csv
import importlib
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time


def module(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name}: not installed, its rows are left out (pip install {name.split('.')[0]})", file=sys.stderr)
        return None


def make_rows(count):
    """A chain like those of hydra-bench all: forwards 300 to 400, strikes 70 % to 130 % of them, 18 days to 2 years."""
    source = random.Random(7)
    rows = []
    for _ in range(count):
        forward = 300 + 100 * source.random()
        rows.append({
            "type": source.choice(["call", "put"]), "forward": forward, "strike": forward * (0.7 + 0.6 * source.random()),
            "expiry_years": 0.05 + 1.95 * source.random(), "rate": 0.05 * source.random(),
            "vol": 0.1 + 0.5 * source.random(),
        })
    return rows


def write_rows(path, rows, value):
    names = ["type", "forward", "strike", "expiry_years", "rate", value]
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([[row["type"]] + [repr(row[name]) for name in names[1:]] for row in rows])


def hydra(program, task, path, out):
    run = subprocess.run([program, "options", task, path, out, "--repeat", "3"], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{program} options {task}: exit code {run.returncode}: {run.stderr.strip()}")
    with open(out) as file:
        values = [float(line) if line.strip() else math.nan for line in file]
    return json.loads(run.stdout.strip().splitlines()[-1])["seconds"], values


def fastest(body, times=3):
    best, result = math.inf, None
    for _ in range(times):
        start = time.process_time()
        result = body()
        best = min(best, time.process_time() - start)
    return best, result


def numpy_peers(rows):
    numpy, special = module("numpy"), module("scipy.special")
    if numpy is None or special is None:
        return {}
    phi = numpy.array([1.0 if row["type"] == "call" else -1.0 for row in rows])
    f, k, t, r, v = (numpy.array([row[name] for row in rows])
                     for name in ("forward", "strike", "expiry_years", "rate", "vol"))

    def price():
        s = v * numpy.sqrt(t)
        d1 = numpy.log(f / k) / s + 0.5 * s
        return phi * numpy.exp(-r * t) * (f * special.ndtr(phi * d1) - k * special.ndtr(phi * (d1 - s)))

    def delta():
        root = numpy.sqrt(t)
        s = v * root
        d1 = numpy.log(f / k) / s + 0.5 * s
        d2 = d1 - s
        discount = numpy.exp(-r * t)
        n1, n2 = special.ndtr(phi * d1), special.ndtr(phi * d2)
        density = discount * numpy.exp(-0.5 * d1 * d1) / math.sqrt(2 * math.pi)
        value = phi * discount * (f * n1 - k * n2)
        slope = phi * discount * n1
        gamma = density / (f * s)
        vega = f * density * root
        p = d1 * d2
        half = 0.5 / t
        others = [
            gamma, vega, r * value - f * density * v / (2 * root), -t * value, -density * d2 / v, vega * p / v,
            r * slope + density * d2 * half, vega * (r - (1 + p) * half), -gamma * (1 + d1 / s) / f,
            gamma * (p - 1) / v, gamma * (r + (1 - p) * half), vega * (p * (p - 1) - d1 * d1 - d2 * d2) / (v * v),
            -phi * discount * n2, density * f / (k * k * s),
        ]
        return slope if len(others) == 14 else None

    return {("price", "numpy + scipy"): price, ("greeks", "numpy + scipy (price and 15)"): delta}


def quantlib_peers(rows):
    ql = module("QuantLib")
    if ql is None:
        return {}
    kinds = {"call": ql.Option.Call, "put": ql.Option.Put}
    payoffs = [ql.PlainVanillaPayoff(kinds[row["type"]], row["strike"]) for row in rows]
    inputs = [(kinds[row["type"]], row["strike"], row["forward"],
               row["vol"] * math.sqrt(row["expiry_years"]), math.exp(-row["rate"] * row["expiry_years"]), row["price"],
               math.sqrt(row["expiry_years"])) for row in rows]

    def price():
        return [ql.blackFormula(kind, k, f, s, d) for kind, k, f, s, d, _, _ in inputs]

    def delta():
        result = []
        for payoff, (_, _, f, s, d, _, root) in zip(payoffs, inputs):
            formula = ql.BlackCalculator(payoff, f, s, d)
            formula.value(), formula.gammaForward(), formula.vega(root * root), formula.strikeSensitivity()
            result.append(formula.deltaForward())
        return result

    def volatility():
        result = []
        for kind, k, f, s, d, value, root in inputs:
            try:
                result.append(ql.blackFormulaImpliedStdDev(kind, k, f, value, d) / root)
            except RuntimeError:
                result.append(math.nan)
        return result

    return {("price", "QuantLib (from Python)"): price, ("greeks", "QuantLib (from Python, 5 of 16)"): delta,
            ("iv", "QuantLib (from Python)"): volatility}


def rational_peers(rows):
    rational = module("py_lets_be_rational") or module("py_vollib.black.implied_volatility")
    if rational is None or not hasattr(rational, "implied_volatility_from_a_transformed_rational_guess"):
        return {}
    inputs = [(row["price"] * math.exp(row["rate"] * row["expiry_years"]), row["forward"], row["strike"],
               row["expiry_years"], 1.0 if row["type"] == "call" else -1.0, row["vol"]) for row in rows]
    invert = rational.implied_volatility_from_a_transformed_rational_guess

    def volatility():
        result = []
        for value, f, k, t, q, _ in inputs:
            try:
                result.append(invert(value, f, k, t, q))
            except Exception:  # below intrinsic after rounding
                result.append(math.nan)
        return result

    def price():
        return [rational.black(f, k, v, t, q) * math.exp(-row["rate"] * row["expiry_years"])
                for (_, f, k, t, q, v), row in zip(inputs, rows)]

    return {("iv", "Let's Be Rational (py_vollib)"): volatility, ("price", "Let's Be Rational (py_vollib)"): price}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hydra-bench", default="bin/hydra-bench")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    rows = make_rows(options.rows)
    with tempfile.TemporaryDirectory() as folder:
        chain, premiums, out = (os.path.join(folder, name) for name in ("chain.csv", "premiums.csv", "out"))
        write_rows(chain, rows, "vol")
        _, prices = hydra(options.hydra_bench, "price", chain, out)
        for row, price in zip(rows, prices):
            row["price"] = price
        write_rows(premiums, rows, "price")
        peers = {**numpy_peers(rows), **quantlib_peers(rows), **rational_peers(rows)}
        times, differences = {}, {}
        for _ in range(options.rounds):
            for task in ("price", "greeks", "iv"):
                seconds, ours = hydra(options.hydra_bench, task, premiums if task == "iv" else chain, out)
                times.setdefault((task, "Hydra"), []).append(seconds)
                for (of, name), body in peers.items():
                    if of != task:
                        continue
                    seconds, theirs = fastest(body)
                    times.setdefault((task, name), []).append(seconds)
                    gaps = [abs(a - b) for a, b in zip(ours, theirs) if not (math.isnan(a) or math.isnan(b))]
                    differences[(task, name)] = max(gaps, default=math.nan)
        print("| task | program | ns an option | times Hydra | largest difference |")
        print("|---|---|---|---|---|")
        for (task, name), values in sorted(times.items(), key=lambda item: (item[0][0], item[0][1] != "Hydra", item[0])):
            nanoseconds = statistics.median(values) / len(rows) * 1e9
            base = statistics.median(times[(task, "Hydra")]) / len(rows) * 1e9
            gap = differences.get((task, name))
            print(f"| {task} | {name} | {nanoseconds:,.1f} | {nanoseconds / base:,.1f} | {'' if gap is None else f'{gap:.1e}'} |")


if __name__ == "__main__":
    main()
