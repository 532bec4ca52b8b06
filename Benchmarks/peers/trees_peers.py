"""Trains, predicts and explains with hydra-bench, LightGBM (also quantised), XGBoost and CatBoost on the same files;
predicts LightGBM's model with lleaves and with treelite's compiler, too.

    python trees_peers.py --bench PATH/hydra-bench --data DIR [--sets daily2k,adult] [--threads 1] [--repeat 5]
                          [--shap 1000] [--generated 100kx50,20kx200,1mx28]

DIR holds NAME.train.csv, NAME.test.csv and NAME.json (LightGBM's parameters and a list `categorical`); --generated makes
such files of a seed in a folder of its own. Packages that are not installed are named and left out. Each round runs
every program once, in turn, so that load on the machine falls on all; ratios are medians over the rounds of processor
time (--clock wall for the clock). Needs numpy and pandas. lleaves 1.3.0 needs llvmlite below 0.45; tl2cgen needs a C
compiler. Both compile LightGBM's model once a table; that time is printed in the place of training, by the clock.
CatBoost and XGBoost get categories as numbers; CatBoost's trees are symmetric, as is its own default, or leaf-wise.
"""
import argparse
import importlib
import json
import math
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
        self.compiled = {}
        train, test = pd.read_csv(self.path + ".train.csv"), pd.read_csv(self.path + ".test.csv")
        self.x, self.y = train.drop(columns="label"), train["label"].values
        self.xt, self.yt = test.drop(columns="label"), test["label"].values
        self.columns = [list(self.x.columns).index(name) for name in self.categorical]


def generated(folder, name):
    """Rows of a seed: numbers, missing values and categories, a target of steps, products and noise."""
    rows, columns = {"100kx50": (100_000, 50), "20kx200": (20_000, 200), "1mx28": (1_000_000, 28)}[name]
    random = np.random.default_rng(7)
    count = rows + 20_000
    x = random.standard_normal((count, columns))
    names = [f"x{i}" for i in range(columns)]
    categorical = names[45:50] if name == "100kx50" else []
    for place in range(columns - len(categorical), columns):
        x[:, place] = random.integers(0, 20, count)
    score = 1.5 * x[:, 0] + x[:, 1] * x[:, 2] + np.where(x[:, 3] > 0.5, 1, -0.5) + np.sin(3 * x[:, 4])
    if categorical:
        score = score + random.standard_normal(20)[x[:, 45].astype(int)]
        x[:, :20][random.random((count, 20)) < 0.05] = np.nan
    label = (score + 2 * random.standard_normal(count) > 0).astype(int)
    table = pd.DataFrame(x, columns=names).round(6)
    table.insert(0, "label", label)
    table[:rows].to_csv(os.path.join(folder, name + ".train.csv"), index=False)
    table[rows:].to_csv(os.path.join(folder, name + ".test.csv"), index=False)
    parameters = {
        "learning_rate": 0.1, "max_bin": 255, "min_data_in_leaf": 20, "lambda_l2": 0.0, "min_sum_hessian_in_leaf": 0.001,
        "objective": "binary", "num_leaves": 255 if name == "1mx28" else 31, "num_iterations": 100,
        "categorical": categorical,
    }
    with open(os.path.join(folder, name + ".json"), "w") as file:
        json.dump(parameters, file)


def hydra(table, bench, clock, shap):
    with tempfile.NamedTemporaryFile(suffix=".csv") as out:
        call = [
            bench, "trees", "--train", table.path + ".train.csv", "--test", table.path + ".test.csv", "--label", "label",
            "--params", json.dumps({**table.parameters, "categorical": table.categorical}), "--pred-out", out.name,
            "--repeat", "1", "--shap-rows", str(shap),
        ]
        done = subprocess.run(call, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        p = np.loadtxt(out.name, delimiter=",")
    if clock == "cpu":
        keys = ["train_cpu_s", "predict_rows_per_cpu_s", "predict1_cpu_us", "shap_rows_per_cpu_s"]
        return *[found[key] for key in keys], p
    return found["train_s"], found["predict_rows_per_s"], found["predict1_us"], found["shap_rows_per_s"], p


def timed(clock, body):
    now = time.process_time if clock == "cpu" else time.perf_counter
    start = now()
    result = body()
    return now() - start, result


def one_row(table, predict, clock):
    rows = [table.xt.values[i : i + 1] for i in range(min(200, len(table.yt)))]
    seconds, _ = timed(clock, lambda: [predict(row) for row in rows])
    return seconds / len(rows) * 1e6


def explained(table, clock, shap, explain):
    """Rows explained a second."""
    if not shap:
        return None
    rows = table.xt.values[:shap]
    seconds, _ = timed(clock, lambda: explain(rows))
    return len(rows) / seconds


def lightgbm(table, clock, shap, lgb, **extra):
    parameters = {**table.parameters, **extra, "verbosity": -1}
    rounds = parameters.pop("num_iterations")

    def fit():
        data = lgb.Dataset(table.x.values, table.y, categorical_feature=table.columns or "auto", params=parameters)
        return lgb.train(parameters, data, rounds)

    train, model = timed(clock, fit)
    threads = table.parameters["num_threads"]
    seconds, p = timed(clock, lambda: model.predict(table.xt.values, num_threads=threads))
    rate = explained(table, clock, shap, lambda rows: model.predict(rows, pred_contrib=True, num_threads=threads))
    return train, len(p) / seconds, one_row(table, lambda r: model.predict(r, num_threads=1), clock), rate, p


def xgboost(table, clock, shap, xgb):
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
    rate = explained(table, clock, shap, lambda rows: model.predict(xgb.DMatrix(rows), pred_contribs=True))
    return train, len(p) / seconds, one_row(table, model.inplace_predict, clock), rate, p


def catboost(table, clock, shap, cat, policy):
    given = table.parameters
    loss = {"binary": "Logloss", "multiclass": "MultiClass"}.get(given["objective"], "RMSE")
    shape = {"max_leaves": given["num_leaves"], "depth": 16, "min_data_in_leaf": given["min_data_in_leaf"]}
    if policy == "SymmetricTree":
        shape = {"depth": round(math.log2(given["num_leaves"]))}
    model = cat.CatBoost({
        "loss_function": loss, "iterations": given["num_iterations"], "learning_rate": given["learning_rate"],
        "grow_policy": policy, "border_count": 254, "verbose": False, "thread_count": given["num_threads"],
        "allow_writing_files": False, "bootstrap_type": "No", "random_strength": 0, "leaf_estimation_iterations": 1,
        "l2_leaf_reg": given.get("lambda_l2", 0), **shape,
    })
    threads = given["num_threads"]
    train, _ = timed(clock, lambda: model.fit(table.x.values, table.y))
    kind = "RawFormulaVal" if loss == "RMSE" else "Probability"
    predict = lambda rows, threads: model.predict(rows, prediction_type=kind, thread_count=threads)
    seconds, p = timed(clock, lambda: predict(table.xt.values, threads))
    explain = lambda rows: model.get_feature_importance(cat.Pool(rows), type="ShapValues", thread_count=threads)
    rate = explained(table, clock, shap, explain)
    single = one_row(table, lambda row: predict(row, 1), clock)
    return train, len(p) / seconds, single, rate, p[:, 1] if loss == "Logloss" else p


def compiled(table, clock, lgb, name, compile):
    """Predictions of LightGBM's model by a program made of it; made once a table."""
    if name not in table.compiled:
        with tempfile.TemporaryDirectory() as folder:
            parameters = {**table.parameters, "verbosity": -1}
            rounds = parameters.pop("num_iterations")
            data = lgb.Dataset(table.x.values, table.y, categorical_feature=table.columns or "auto", params=parameters)
            path = os.path.join(folder, "model.txt")
            lgb.train(parameters, data, rounds).save_model(path)
            seconds, predict = timed("wall", lambda: compile(path, table.parameters["num_threads"]))
            table.compiled[name] = (seconds, predict)
    made, predict = table.compiled[name]
    seconds, p = timed(clock, lambda: predict(table.xt.values))
    return made, len(p) / seconds, one_row(table, predict, clock), None, p


def lleaves(path, threads, package):
    model = package.Model(path)
    model.compile()
    return lambda rows: model.predict(rows, n_jobs=threads)


def treelite(path, threads, package, compiler):
    model = package.frontend.load_lightgbm_model(path)
    library = os.path.join(os.path.dirname(path), "model.so")
    compiler.export_lib(model, toolchain="gcc", libpath=library, params={"parallel_comp": 16})
    predictor = compiler.Predictor(library, nthread=threads)

    def predict(rows):
        found = predictor.predict(compiler.DMatrix(rows, dtype="float64"))
        return found.reshape(len(rows), -1) if found.size > len(rows) else found.ravel()

    return predict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--sets", default="daily2k,lgbm_binary,lgbm_regression,lgbm_multiclass,adult,bike,california,credit")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--shap", type=int, default=1000)
    parser.add_argument("--generated", default="")
    parser.add_argument("--programs", default="", help="hydra and these; all when empty")
    parser.add_argument("--clock", choices=["cpu", "wall"], default="cpu")
    given = parser.parse_args()
    programs = {"hydra": lambda table: hydra(table, given.bench, given.clock, given.shap)}
    if lgb := package("lightgbm"):
        programs["lightgbm"] = lambda table: lightgbm(table, given.clock, given.shap, lgb)
        programs["lightgbm quantised"] = lambda table: lightgbm(table, given.clock, given.shap, lgb, use_quantized_grad=True)
    if xgb := package("xgboost"):
        programs["xgboost"] = lambda table: xgboost(table, given.clock, given.shap, xgb)
    if cat := package("catboost"):
        programs["catboost"] = lambda table: catboost(table, given.clock, given.shap, cat, "SymmetricTree")
        programs["catboost leaf-wise"] = lambda table: catboost(table, given.clock, given.shap, cat, "Lossguide")
    if lgb and (leaves := package("lleaves")):
        programs["lleaves"] = lambda table: compiled(
            table, given.clock, lgb, "lleaves", lambda path, threads: lleaves(path, threads, leaves))
    if lgb and (lite := package("treelite")) and (compiler := package("tl2cgen")):
        programs["treelite"] = lambda table: compiled(
            table, given.clock, lgb, "treelite", lambda path, threads: treelite(path, threads, lite, compiler))
    if given.programs:
        programs = {name: run for name, run in programs.items() if name in ["hydra", *given.programs.split(",")]}
    for name in filter(None, given.sets.split(",")):
        compare(programs, Table(given.data, name, given.threads), given.repeat)
    with tempfile.TemporaryDirectory() as folder:
        for name in filter(None, given.generated.split(",")):
            generated(folder, name)
            compare(programs, Table(folder, name, given.threads), given.repeat)


def compare(programs, table, repeat):
    rounds = {program: [] for program in programs}
    for _ in range(repeat):
        for program, run in programs.items():
            try:
                rounds[program].append(run(table))
            except Exception as error:
                print(f"{table.name:16} {program:18} stopped: {type(error).__name__}: {str(error).splitlines()[0]}")
    own = rounds["hydra"]
    for program, found in rounds.items():
        if not found:
            continue
        train, rate, single = (np.median([row[i] for row in found]) for i in range(3))
        ratio = np.median([other[0] / mine[0] for other, mine in zip(found, own)])
        predict = np.median([mine[1] / other[1] for other, mine in zip(found, own)])
        shap = ""
        if found[0][3]:
            times = np.median([mine[3] / other[3] for other, mine in zip(found, own)])
            shap = f"shap {np.median([row[3] for row in found]):8.0f} rows/s (hydra {times:5.2f} x) "
        score = metrics(table.parameters["objective"], table.yt, found[-1][4])
        text = " ".join(f"{key} {value:.5f}" for key, value in score.items())
        print(
            f"{table.name:16} {program:18} train {train:8.3f} s ({ratio:5.2f} x hydra) predict {rate:10.0f} rows/s "
            f"(hydra {predict:5.2f} x) one row {single:8.2f} us {shap} {text}", flush=True)


if __name__ == "__main__":
    main()
