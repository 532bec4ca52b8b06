"""Trains and predicts with hydra-bench, LightGBM (also quantised), XGBoost and CatBoost on the same files, in turns.

    python trees_peers.py --bench PATH/hydra-bench --data DIR [--sets daily2k,adult] [--threads 1] [--repeat 5]

DIR holds NAME.train.csv, NAME.test.csv and NAME.json (LightGBM's parameters and a list `categorical`). Packages that
are not installed are named and left out. Each round runs every program once, so that load on the machine falls on all;
ratios are medians over the rounds of processor time (--clock wall for the clock). Needs numpy and pandas.
"""
import argparse
import importlib
import json
import os
import subprocess
import tempfile
import time

import numpy as np
import pandas as pd


def package(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        print(f"{name} is not installed and left out (pip install {name})")
        return None


def metrics(objective, y, p):
    if objective == "binary":
        rank = pd.Series(p).rank().values
        ones = float((y == 1).sum())
        zeros = len(y) - ones
        p = np.clip(p, 1e-15, 1 - 1e-15)
        return {
            "auc": (rank[y == 1].sum() - ones * (ones + 1) / 2) / (ones * zeros),
            "logloss": -np.mean(np.where(y == 1, np.log(p), np.log(1 - p))),
        }
    if objective.startswith("multiclass"):
        own = p[np.arange(len(y)), y.astype(int)]
        return {"accuracy": np.mean(p.argmax(1) == y), "logloss": -np.mean(np.log(np.clip(own, 1e-15, 1)))}
    return {"rmse": float(np.sqrt(np.mean((p - y) ** 2)))}


class Table:
    def __init__(self, folder, name, threads):
        self.name = name
        self.path = os.path.join(folder, name)
        with open(self.path + ".json") as file:
            self.parameters = json.load(file)
        self.categorical = self.parameters.pop("categorical", [])
        self.parameters["num_threads"] = threads
        train, test = pd.read_csv(self.path + ".train.csv"), pd.read_csv(self.path + ".test.csv")
        self.x, self.y = train.drop(columns="label"), train["label"].values
        self.xt, self.yt = test.drop(columns="label"), test["label"].values
        self.columns = [list(self.x.columns).index(name) for name in self.categorical]


def hydra(table, bench, clock):
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        call = [
            bench, "trees", "--train", table.path + ".train.csv", "--test", table.path + ".test.csv", "--label", "label",
            "--params", json.dumps({**table.parameters, "categorical": table.categorical}), "--pred-out", out.name,
            "--repeat", "1",
        ]
        done = subprocess.run(call, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        p = np.loadtxt(out.name, delimiter=",")
    train = found["train_cpu_s"] if clock == "cpu" else found["train_s"]
    return train, found["predict_rows_per_s"], found["predict1_us"], p


def timed(clock, body):
    now = time.process_time if clock == "cpu" else time.perf_counter
    start = now()
    result = body()
    return now() - start, result


def one_row(table, predict, clock):
    rows = [table.xt.values[i : i + 1] for i in range(min(200, len(table.yt)))]
    seconds, _ = timed(clock, lambda: [predict(row) for row in rows])
    return seconds / len(rows) * 1e6


def lightgbm(table, clock, lgb, **extra):
    parameters = {**table.parameters, **extra, "verbosity": -1}
    rounds = parameters.pop("num_iterations")

    def fit():
        data = lgb.Dataset(table.x.values, table.y, categorical_feature=table.columns or "auto", params=parameters)
        return lgb.train(parameters, data, rounds)

    train, model = timed(clock, fit)
    threads = table.parameters["num_threads"]
    seconds, p = timed(clock, lambda: model.predict(table.xt.values, num_threads=threads))
    return train, len(p) / seconds, one_row(table, lambda r: model.predict(r, num_threads=1), clock), p


def xgboost(table, clock, xgb):
    given = table.parameters
    objective = {"binary": "binary:logistic", "multiclass": "multi:softprob"}.get(given["objective"], "reg:squarederror")
    parameters = {
        "objective": objective, "eta": given["learning_rate"], "max_leaves": given["num_leaves"], "max_depth": 0,
        "grow_policy": "lossguide", "tree_method": "hist", "max_bin": given["max_bin"], "reg_lambda": 0,
        "min_child_weight": given["min_sum_hessian_in_leaf"], "nthread": given["num_threads"],
    }
    if "num_class" in given:
        parameters["num_class"] = given["num_class"]

    def fit():
        data = xgb.QuantileDMatrix(table.x.values, table.y, max_bin=given["max_bin"])
        return xgb.train(parameters, data, given["num_iterations"])

    train, model = timed(clock, fit)
    seconds, p = timed(clock, lambda: model.inplace_predict(table.xt.values))
    return train, len(p) / seconds, one_row(table, model.inplace_predict, clock), p


def catboost(table, clock, cat):
    given = table.parameters
    loss = {"binary": "Logloss", "multiclass": "MultiClass"}.get(given["objective"], "RMSE")
    model = cat.CatBoost({
        "loss_function": loss, "iterations": given["num_iterations"], "learning_rate": given["learning_rate"],
        "grow_policy": "Lossguide", "max_leaves": given["num_leaves"], "border_count": 254, "verbose": False,
        "thread_count": given["num_threads"], "allow_writing_files": False,
    })
    train, _ = timed(clock, lambda: model.fit(table.x.values, table.y))
    kind = "RawFormulaVal" if loss == "RMSE" else "Probability"
    predict = lambda rows: model.predict(rows, prediction_type=kind)
    seconds, p = timed(clock, lambda: predict(table.xt.values))
    return train, len(p) / seconds, one_row(table, predict, clock), p[:, 1] if loss == "Logloss" else p


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--sets", default="daily2k,lgbm_binary,lgbm_regression,lgbm_multiclass,adult,bike,california,credit")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--clock", choices=["cpu", "wall"], default="cpu")
    given = parser.parse_args()
    programs = {"hydra": lambda table: hydra(table, given.bench, given.clock)}
    if lgb := package("lightgbm"):
        programs["lightgbm"] = lambda table: lightgbm(table, given.clock, lgb)
        programs["lightgbm quantised"] = lambda table: lightgbm(table, given.clock, lgb, use_quantized_grad=True)
    if xgb := package("xgboost"):
        programs["xgboost"] = lambda table: xgboost(table, given.clock, xgb)
    if cat := package("catboost"):
        programs["catboost"] = lambda table: catboost(table, given.clock, cat)
    for name in given.sets.split(","):
        table = Table(given.data, name, given.threads)
        rounds = {program: [] for program in programs}
        for _ in range(given.repeat):
            for program, run in programs.items():
                rounds[program].append(run(table))
        for program, found in rounds.items():
            own = rounds["hydra"]
            train, rate, single = (np.median([row[i] for row in found]) for i in range(3))
            ratio = np.median([other[0] / mine[0] for other, mine in zip(found, own)])
            predict = np.median([mine[1] / other[1] for other, mine in zip(found, own)])
            score = metrics(table.parameters["objective"], table.yt, found[-1][3])
            text = " ".join(f"{key} {value:.5f}" for key, value in score.items())
            print(
                f"{name:16} {program:18} train {train:8.3f} s ({ratio:5.2f} x hydra) predict {rate:10.0f} rows/s "
                f"(hydra {predict:5.2f} x) one row {single:8.2f} us  {text}", flush=True)


if __name__ == "__main__":
    main()
