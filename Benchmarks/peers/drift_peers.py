#!/usr/bin/env python3
"""False alarms and delays of drift detectors, ours and other libraries', on the same generated streams in one run.

    python Benchmarks/peers/drift_peers.py bin/hydra-bench [--seeds 4] [--length 20000] [--out table.md]
    python Benchmarks/peers/drift_peers.py bin/hydra-bench --seeds 1 --length 3000 --changes mean+1 --after 300 --seconds 480

Needs numpy; river, frouros and alibi-detect are used where they can be imported, and named where they cannot. A row is one
detector: false alarms per 10,000 values on streams that never change, then the median number of values until the first
alarm after a change at value 2,000 (`missed`: the share of streams without one in the `--after` values that follow), then the
median time of an update in nanoseconds. Detectors that want a level and a deviation get those of the first 500 values.
Alarms within the first 500 values are not counted for anybody. Detectors are run one after the other on each stream, so that a
loaded machine is as loaded for all of them.
"""
import argparse, os, statistics, subprocess, sys, tempfile, time

import numpy as np

LEARN = 500
CHANGE = 2000


def ar(rng, n, phi):
    noise = rng.standard_normal(n + 300) * np.sqrt(1 - phi * phi)
    x = np.empty(n + 300)
    last = 0.0
    for i, e in enumerate(noise):
        last = phi * last + e
        x[i] = last
    return x[300:]


def garch(rng, n):
    z = rng.standard_normal(n + 300)
    x, v, last = np.empty(n + 300), 1.0, 0.0
    for i in range(n + 300):
        v = 0.02 + 0.08 * last * last + 0.90 * v
        last = np.sqrt(v) * z[i]
        x[i] = last
    return np.abs(x[300:])


QUIET = {
    "gauss": lambda r, n: r.standard_normal(n),
    "t3": lambda r, n: r.standard_t(3, n) / np.sqrt(3),
    "AR(.5)": lambda r, n: ar(r, n, 0.5),
    "AR(.9)": lambda r, n: ar(r, n, 0.9),
    "|GARCH|": garch,
    "seasonal": lambda r, n: np.sin(2 * np.pi * np.arange(n) / 350) + 0.7 * r.standard_normal(n),
}


def changed(before, after):
    def make(rng, n):
        x = before(rng, n)
        x[CHANGE:] = after(rng, x[CHANGE:])
        return x
    return make


def correlated(rng, x):
    return ar(rng, len(x), 0.7)


CHANGES = {
    "mean+1": changed(QUIET["gauss"], lambda r, x: x + 1),
    "t3 mean+1": changed(QUIET["t3"], lambda r, x: x + 1),
    "AR(.5) mean+1": changed(QUIET["AR(.5)"], lambda r, x: x + 1),
    "sd x2": changed(QUIET["gauss"], lambda r, x: x * 2),
    "sd x.5": changed(QUIET["gauss"], lambda r, x: x / 2),
    "shape": changed(QUIET["gauss"], lambda r, x: r.exponential(size=len(x)) - 1),
    "autocorr .7": changed(QUIET["gauss"], correlated),
}


def ours(program, name, *params, standard=False):
    def run(x, path):
        words = [program, "drift", path, "--detector", name, "--repeat", "1"]
        chosen = list(params)
        if standard:
            chosen += [f"mu={float(x[:LEARN].mean())!r}", f"sigma={float(x[:LEARN].std())!r}"]
        for p in chosen:
            words += ["--param", p]
        lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("\n")
        alarms = [int(line) for line in lines if line and not line.startswith("ns_")]
        return alarms, float(next(line for line in lines if line.startswith("ns_")).split()[1])
    return run


def stepped(make, step):
    """A peer that is fed value by value; `make` gets the first values."""
    def run(x, path):
        detector = make(x[:LEARN])
        alarms, values = [], x.tolist()
        began = time.perf_counter()
        for i, value in enumerate(values):
            new = step(detector, value)
            if new is not None:
                alarms.append(i)
                if new is not True:
                    detector = new
        return alarms, (time.perf_counter() - began) / len(values) * 1e9
    return run


def peers():
    found, missing = {}, []

    def attempt(name, body):
        try:
            found.update(body())
        except Exception as error:  # an import or a constructor that is not there in this version
            missing.append(f"{name}: {type(error).__name__}: {error}")

    def river():
        from river import drift

        def step(d, v):
            d.update(v)
            return True if d.drift_detected else None
        return {
            "river ADWIN": stepped(lambda x: drift.ADWIN(), step),
            "river ADWIN clock 1": stepped(lambda x: drift.ADWIN(clock=1), step),
            "river PageHinkley": stepped(lambda x: drift.PageHinkley(), step),
            "river KSWIN": stepped(lambda x: drift.KSWIN(seed=1), step),
        }

    def frouros():
        from frouros.detectors.concept_drift import ADWIN, CUSUM, PageHinkley

        def step(d, v):
            d.update(value=v)
            if d.drift:
                d.reset()
                return True
            return None
        return {
            "frouros ADWIN": stepped(lambda x: ADWIN(), step),
            "frouros CUSUM": stepped(lambda x: CUSUM(), step),
            "frouros PageHinkley": stepped(lambda x: PageHinkley(), step),
        }

    def alibi():
        from alibi_detect.cd import CVMDriftOnline

        def make(x):
            return CVMDriftOnline(x.astype(np.float32)[:, None], ert=1000, window_sizes=[20, 50], n_bootstraps=10000, verbose=False)

        def step(d, v):
            if d.predict(np.array([v], dtype=np.float32))["data"]["is_drift"]:
                d.reset_state()
                return True
            return None
        return {"alibi-detect CVM online (ert 1000)": stepped(make, step)}

    attempt("river", river)
    attempt("frouros", frouros)
    attempt("alibi-detect", alibi)
    return found, missing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--only", default="", help="names that hold this")
    parser.add_argument("--skip", default="", help="names that are left out, separated by commas")
    parser.add_argument("--length", type=int, default=20000, help="values of a stream that never changes")
    parser.add_argument("--after", type=int, default=2000, help="values of a stream after its change")
    parser.add_argument("--changes", default=",".join(CHANGES), help="changes that are tried, separated by commas")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="no stream is begun after this time")
    parser.add_argument("--out")
    arguments = parser.parse_args()
    p = arguments.program
    runs = {
        "hydra calibrated (arl 10,000)": ours(p, "calibrated", "arl=10000"),
        "hydra bank (arl 20,000)": ours(p, "bank"),
        "hydra monitor (1 in 10,000)": ours(p, "monitor", "false_alarms_per_year=0.0252"),
        "hydra conformal (arl 10,000)": ours(p, "conformal"),
        "hydra ADWIN": ours(p, "adwin"),
        "hydra ADWIN clock 1": ours(p, "adwin", "clock=1"),
        "hydra CUSUM (arl 10,000)": ours(p, "cusum", "arl=10000", standard=True),
        "hydra EWMA (arl 10,000)": ours(p, "ewma", "arl=10000", standard=True),
        "hydra FOCuS (arl 10,000)": ours(p, "focus", "arl=10000", standard=True),
        "hydra Shiryaev-Roberts (arl 10,000)": ours(p, "shiryaev_roberts", "arl=10000", standard=True),
        "hydra e-detector (arl 10,000)": ours(p, "e_detector", "arl=10000", standard=True),
        "hydra BOCPD": ours(p, "bocpd", standard=True),
        "hydra PageHinkley": ours(p, "page_hinkley"),
        "hydra KSWIN": ours(p, "kswin"),
    }
    others, missing = peers()
    runs.update(others)
    for name in missing:
        print(f"not measured: {name}", file=sys.stderr)
    runs = {name: run for name, run in runs.items()
            if arguments.only.lower() in name.lower() and name not in arguments.skip.split(",")}

    false = {name: {} for name in runs}
    delays = {name: {} for name in runs}
    times = {name: [] for name in runs}
    failed = {}
    with tempfile.TemporaryDirectory() as folder:
        began, streams = time.perf_counter(), []
        for seed in range(5 * arguments.seeds):
            streams += [("change", family, seed) for family in CHANGES if family in arguments.changes.split(",")]
            streams += [("quiet", family, seed) for family in QUIET if seed < arguments.seeds]
        for count, (kind, family, seed) in enumerate(streams):
            if time.perf_counter() - began > arguments.seconds:
                print(f"time is over after {count} of {len(streams)} streams", file=sys.stderr)
                break
            make = QUIET[family] if kind == "quiet" else CHANGES[family]
            length = arguments.length if kind == "quiet" else CHANGE + arguments.after
            x = make(np.random.default_rng([seed, len(family), ord(family[0])]), length)
            path = os.path.join(folder, "stream.txt")
            np.savetxt(path, x, fmt="%.17g")
            for name, run in runs.items():
                if name in failed:
                    continue
                try:
                    alarms, ns = run(x, path)
                except Exception as error:
                    failed[name] = f"{type(error).__name__}: {error}"
                    continue
                times[name].append(ns)
                alarms = [i for i in alarms if i >= LEARN]
                if kind == "quiet":
                    false[name].setdefault(family, []).append(len(alarms))
                else:
                    late = [i - CHANGE for i in alarms if i >= CHANGE]
                    delays[name].setdefault(family, []).append(late[0] if late else None)
            print(f"{family} {seed} done, {time.perf_counter() - began:.0f} s", file=sys.stderr)

    lines = ["| detector | " + " | ".join(name.replace("|", "\\|") for name in [*QUIET, *CHANGES]) + " | ns |", "|---" * (len(QUIET) + len(CHANGES) + 2) + "|"]
    for name in runs:
        cells = []
        for family in QUIET:
            counts = false[name].get(family)
            cells.append("" if not counts else f"{sum(counts) / len(counts) / (arguments.length - LEARN) * 10000:.1f}")
        for family in CHANGES:
            found = delays[name].get(family)
            if not found:
                cells.append("")
                continue
            missed = sum(d is None for d in found) / len(found)
            middle = sorted(d if d is not None else 10**9 for d in found)[len(found) // 2]
            cells.append(("-" if middle == 10**9 else str(middle)) + (f" ({missed:.0%} missed)" if missed else ""))
        ns = f"{statistics.median(times[name]):.0f}" if times[name] else ""
        note = f" (stopped: {failed[name]})" if name in failed else ""
        lines.append(f"| {name}{note} | " + " | ".join(cells) + f" | {ns} |")
    text = "\n".join(lines)
    print(text)
    if arguments.out:
        with open(arguments.out, "w") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
