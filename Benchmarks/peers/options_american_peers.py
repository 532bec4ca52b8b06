#!/usr/bin/env python3
"""American options: hydra-bench beside QuantLib's QdFpAmericanEngine, on one file, in one run, alternately.

    python3 Benchmarks/peers/options_american_peers.py [--hydra-bench bin/hydra-bench] [--cases Tests/Vectors/options/american.json]

Needs QuantLib from PyPI. One thread; QuantLib's time is that of NPV() with the engine and option made beforehand (the
call from Python costs it about a microsecond). Both sides price every case of the file; errors are in units of the
strike against the file's prices. Prints one JSON object.
"""
import argparse
import csv
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time

try:
    import QuantLib as ql
except ImportError:
    sys.exit("options_american_peers.py: QuantLib is missing (pip install QuantLib)")

parser = argparse.ArgumentParser()
parser.add_argument("--cases", default="Tests/Vectors/options/american.json")
parser.add_argument("--hydra-bench", default="bin/hydra-bench")
parser.add_argument("--rounds", type=int, default=5)
arguments = parser.parse_args()
cases = json.load(open(arguments.cases))["cases"]

folder = tempfile.TemporaryDirectory()
source, answers = folder.name + "/in.csv", folder.name + "/out.csv"
with open(source, "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["type", "spot", "dividend_yield", "strike", "expiry_years", "rate", "vol"])
    for case in cases:
        names = ["type", "spot", "dividend_yield", "strike", "expiry_years", "rate", "vol"]
        writer.writerow([case[name] for name in names])

today = ql.Date(1, 1, 2024)
ql.Settings.instance().evaluationDate = today
calendar, count = ql.NullCalendar(), ql.Actual365Fixed()


def options(scheme):
    made = []
    for case in cases:
        process = ql.BlackScholesMertonProcess(
            ql.QuoteHandle(ql.SimpleQuote(case["spot"])),
            ql.YieldTermStructureHandle(ql.FlatForward(today, case["dividend_yield"], count)),
            ql.YieldTermStructureHandle(ql.FlatForward(today, case["rate"], count)),
            ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, calendar, case["vol"], count)))
        kind = ql.Option.Call if case["type"] == "call" else ql.Option.Put
        option = ql.VanillaOption(
            ql.PlainVanillaPayoff(kind, case["strike"]), ql.AmericanExercise(today, today + case["expiry_days"]))
        option.setPricingEngine(ql.QdFpAmericanEngine(process, scheme))
        made.append(option)
    return made


def quantlib(made):
    for option in made:
        option.recalculate()  # warm, and clears nothing else
    seconds, prices = 0.0, []
    for option in made:
        began = time.perf_counter()
        option.recalculate()
        seconds += time.perf_counter() - began
        prices.append(option.NPV())
    return seconds / len(made), prices


def hydra(method):
    call = [arguments.hydra_bench, "options", "american", source, answers, "--method", method, "--repeat", "5"]
    run = subprocess.run(call, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit("hydra-bench: " + run.stderr.strip())
    prices = [float(line) for line in open(answers)]
    return json.loads(run.stdout.splitlines()[-1])["seconds"] / len(cases), prices


def rms(prices):
    errors = [(p - case["expected"]["price"]) / case["strike"] for p, case in zip(prices, cases)]
    return math.sqrt(sum(e * e for e in errors) / len(errors))


pairs = {"fast": ql.QdFpAmericanEngine.fastScheme(), "accurate": ql.QdFpAmericanEngine.accurateScheme()}
result = {"quantlib": ql.__version__, "cases": len(cases)}
for method, scheme in pairs.items():
    made, rounds = options(scheme), []
    for _ in range(arguments.rounds):
        (theirs, peer_prices), (ours, prices) = quantlib(made), hydra(method)
        rounds.append((ours, theirs))
    result[method] = {
        "hydra_us": statistics.median(r[0] for r in rounds) * 1e6,
        "quantlib_us": statistics.median(r[1] for r in rounds) * 1e6,
        "ratio": statistics.median(r[1] / r[0] for r in rounds),
        "hydra_rms": rms(prices), "quantlib_rms": rms(peer_prices)}
print(json.dumps(result, indent=1))
