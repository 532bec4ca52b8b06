#!/usr/bin/env python3
"""Writes Tests/Vectors/numerics/elementary.json: references of the elementary functions, 50 digits as two doubles.

Each row is [x, high, low] with f(x) = high + low. Seeded; usage: Scripts/elementary_vectors.py > FILE
"""
import json
import math
import random

import mpmath
from mpmath import mp, mpf

mp.dps = 50
random.seed(20160119)


def normal_cdf(z):
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2


def quantile(p):
    if p == 0.5:
        return mpf(0)
    q = min(p, 1 - p)
    z = mpmath.sqrt(-2 * mpmath.log(q))
    for _ in range(60):  # Newton on ln Φ(-z)
        tail = normal_cdf(-z)
        step = (mpmath.log(tail) - mpmath.log(q)) * tail / mpmath.npdf(z)
        z += step
        if abs(step) < mpf(10) ** -45:
            break
    return -z if p < 0.5 else z


def around(x, n=3):
    values, low, high = [x], x, x
    for _ in range(n):
        low, high = math.nextafter(low, -math.inf), math.nextafter(high, math.inf)
        values += [low, high]
    return values


def row(f, x):
    value = f(mpf(x))
    high = float(value)
    return [x, high, float(value - mpf(high))]


U = random.uniform
functions = {
    "exp": (mpmath.exp, [U(-708, 709) for _ in range(300)] + [U(-1, 1) for _ in range(150)]
            + [s * 10 ** U(-20, -1) for s in (1, -1) for _ in range(30)]
            + [y for j in range(-40, 41) for y in around((j + 0.5) * math.log(2) / 32, 1)] + [-708.3, 709.78]),
    "log": (mpmath.log, [10 ** U(-307, 308) for _ in range(200)] + [U(0.5, 2) for _ in range(300)]
            + [1 + s * 10 ** U(-15.5, -1) for s in (1, -1) for _ in range(60)] + around(1.0) + around(0.703125)
            + around(1.40625) + [5e-324, 1e-310, 2.2250738585072014e-308, 1.7976931348623157e308]),
    "erf": (mpmath.erf, [U(-6, 6) for _ in range(200)] + [s * 10 ** U(-300, -1) for s in (1, -1) for _ in range(40)]
            + [U(-0.6, 0.6) for _ in range(200)] + around(0.5) + around(-0.5)),
    "erfc": (mpmath.erfc, [U(-6, 6) for _ in range(150)] + [U(0, 26.5) for _ in range(300)] + [0.0, 1e-20, -1e-20]),
    "erfcx": (lambda x: mpmath.exp(x * x) * mpmath.erfc(x), [U(-26, 0) for _ in range(150)]
              + [U(0, 30) for _ in range(250)] + [10 ** U(1, 18) for _ in range(80)] + around(80.0) + [0.0, 1e-20]),
    "normalCDF": (normal_cdf, [U(-8, 8) for _ in range(200)] + [U(-37.5, 0) for _ in range(250)] + [0.0, 1e-20]
                  + [-y for y in around(1.0) + around(3.0) + around(7.0) + around(15.0)]),
    "normalQuantile": (quantile, [U(0, 1) for _ in range(200)] + [10 ** U(-308, -1) for _ in range(200)]
                       + [0.5 + s * 10 ** U(-16, -1) for s in (1, -1) for _ in range(60)]
                       + [1 - 10 ** U(-15, -1) for _ in range(50)] + [5e-324, 1e-315, 0.5] + around(0.5)),
}
print(json.dumps({
    "meta": {"program": "mpmath " + mpmath.__version__, "digits": 50, "script": "Scripts/elementary_vectors.py",
             "columns": "x, high, low: f(x) = high + low"},
    **{name: [row(f, x) for x in xs] for name, (f, xs) in functions.items()}}).replace("]], ", "]],\n"))
