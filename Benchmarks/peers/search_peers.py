#!/usr/bin/env python3
"""Optuna beside hydra-bench search: best value after N trials, and what a suggestion costs.

usage: search_peers.py HYDRA_BENCH [--trials 100] [--seeds 10] [--functions branin,hartmann6,rosenbrock5]
                       [--samplers tpe,cmaes,random] [--past 1000] [--parameters 10]

Needs optuna (and cmaes for the sampler of that name); says so where one is missing. Both programs run in turn, seed by
seed of a function, on the same machine; one thread each.
"""
import argparse
import json
import math
import statistics
import subprocess
import time

A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
     [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]


def branin(x):
    bend = x[1] - 5.1 / (4 * math.pi**2) * x[0] ** 2 + 5 / math.pi * x[0] - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann6(x):
    return -sum(h * math.exp(-sum(A[i][j] * (x[j] - 1e-4 * P[i][j]) ** 2 for j in range(6)))
                for i, h in enumerate([1.0, 1.2, 3.0, 3.2]))


def rosenbrock5(x):
    return sum(100 * (x[i + 1] - x[i] ** 2) ** 2 + (1 - x[i]) ** 2 for i in range(4))


FUNCTIONS = {"branin": (branin, [(-5, 10), (0, 15)]), "hartmann6": (hartmann6, [(0, 1)] * 6),
             "rosenbrock5": (rosenbrock5, [(-2, 2)] * 5)}


def sampler(optuna, name, seed):
    makers = {"tpe": optuna.samplers.TPESampler, "cmaes": optuna.samplers.CmaEsSampler,
              "random": optuna.samplers.RandomSampler, "gp": optuna.samplers.GPSampler,
              "nsga2": optuna.samplers.NSGAIISampler}
    return makers[name](seed=seed)


def peer(optuna, function, name, trials, seed):
    call, bounds = FUNCTIONS[function]
    study = optuna.create_study(sampler=sampler(optuna, name, seed))
    start = time.perf_counter()
    study.optimize(lambda t: call([t.suggest_float(f"x{i}", *b) for i, b in enumerate(bounds)]), n_trials=trials)
    return study.best_value, (time.perf_counter() - start) / trials


def ours(bench, *words):
    text = subprocess.run([bench, "search", *map(str, words)], check=True, capture_output=True, text=True).stdout
    return json.loads(text.strip().splitlines()[-1])


def suggestion(optuna, past, parameters, repeats=20):
    """Seconds of one suggestion when there are so many results already."""
    from optuna.distributions import FloatDistribution
    from optuna.trial import create_trial
    import random
    draw = random.Random(1)
    distributions = {f"x{i}": FloatDistribution(0, 1) for i in range(parameters)}
    study = optuna.create_study(sampler=sampler(optuna, "tpe", 1))
    for _ in range(past):
        params = {name: draw.random() for name in distributions}
        study.add_trial(create_trial(params=params, distributions=distributions,
                                     value=sum((v - 0.3) ** 2 for v in params.values())))
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        trial = study.ask(distributions)
        times.append(time.perf_counter() - start)
        study.tell(trial, sum((v - 0.3) ** 2 for v in trial.params.values()))
    return statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--functions", default=",".join(FUNCTIONS))
    parser.add_argument("--samplers", default="tpe,cmaes,random")
    parser.add_argument("--past", type=int, default=1000)
    parser.add_argument("--parameters", type=int, default=10)
    arguments = parser.parse_args()
    try:
        import optuna
    except ImportError:
        raise SystemExit("search_peers.py: optuna is not installed; there is nothing to compare with")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    print("function     sampler  hydra best          optuna best         hydra ms/trial  optuna ms/trial  ratio")
    for function in arguments.functions.split(","):
        for name in arguments.samplers.split(","):
            own, other = [], []
            for seed in range(arguments.seeds):
                result = ours(arguments.bench, "--function", function, "--sampler", name, "--trials", arguments.trials,
                              "--seeds", 1, "--seed", seed)
                own.append((result["mean_best"], result["seconds_per_trial"]))
                try:
                    other.append(peer(optuna, function, name, arguments.trials, seed))
                except ImportError as error:
                    print(f"{function} {name}: optuna needs {error.name}")
                    break
            if not other:
                continue

            def text(values):
                spread = statistics.stdev(values) if len(values) > 1 else 0
                return f"{statistics.mean(values):9.4f} ± {spread:7.4f}"
            speed = [statistics.median(t for _, t in rows) * 1e3 for rows in (own, other)]
            print(f"{function:12} {name:8} {text([v for v, _ in own]):19} {text([v for v, _ in other]):19} "
                  f"{speed[0]:14.4f}  {speed[1]:15.3f}  {speed[1] / speed[0]:5.0f}", flush=True)
    own = ours(arguments.bench, "--suggest-at", arguments.past, "--parameters", arguments.parameters)
    other = suggestion(optuna, arguments.past, arguments.parameters)
    print(f"a TPE suggestion at {arguments.past} trials of {arguments.parameters} parameters: "
          f"hydra {own['seconds_per_suggestion'] * 1e3:.4f} ms, optuna {other * 1e3:.2f} ms, "
          f"ratio {other / own['seconds_per_suggestion']:.0f}")


if __name__ == "__main__":
    main()
