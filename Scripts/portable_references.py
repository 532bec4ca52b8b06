"""Makes Tests/Vectors/numerics/portable.json: values of the functions of `Portable` to 60 digits; needs mpmath 1.3.

    python3 Scripts/portable_references.py [points per range, default 40] > Tests/Vectors/numerics/portable.json

A row is the arguments, then the value as a double and what that lacks, so that errors below one ulp can be told.
Points are random (fixed seed) in each range, with the ends of the ranges, where the code changes its method, and their
neighbours.
"""
import json
import math
import random
import sys

from mpmath import mp, mpf, erf, erfc, exp, expm1, gammainc, loggamma, log, log1p, log10, ncdf, pi, sqrt, tanh
from mpmath import atan, cos, findroot, sin

mp.dps = 60
count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
draw = random.Random(20120604)


def uniform(low, high):
    """Numbers spread evenly, with the ends and their neighbours inside."""
    ends = [low, math.nextafter(low, high), math.nextafter(high, low), high]
    return ends + [draw.uniform(low, high) for _ in range(count)]


def spread(low, high):
    """Numbers spread evenly in their logarithm."""
    return [math.exp(draw.uniform(math.log(low), math.log(high))) for _ in range(count)]


def both(values):
    return [s * v for v in values for s in (1, -1)]


def normal_quantile(p):
    # ln Φ is nearly a parabola, so Newton's method on it converges from anywhere in the tail.
    start = -math.sqrt(max(-2 * math.log(p), 0.01)) if p < 0.5 else math.sqrt(max(-2 * math.log1p(-p), 0.01))
    if 0.01 < p < 0.99:
        start = (p - 0.5) * 2.5
    x = mpf(start)
    for _ in range(200):
        step = (log(ncdf(x)) - log(mpf(p))) * ncdf(x) / (exp(-x * x / 2) / sqrt(2 * pi))
        if p > 0.5:
            step = -(log(ncdf(-x)) - log(1 - mpf(p))) * ncdf(-x) / (exp(-x * x / 2) / sqrt(2 * pi))
        x -= step
        if abs(step) < mpf(10) ** -50 * max(abs(x), mpf(10) ** -20):
            break
    return x


def beta(x, y, a, b):
    """I_x(a, b) by DLMF 8.17.8, whose terms are all positive; y = 1 - x."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta(y, x, b, a)
    term = total = mpf(1)
    n = 0
    while term > total * mpf(10) ** -58:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return exp(a * log(x) + b * log(y) + loggamma(a + b) - loggamma(a) - loggamma(b)) / a * total


def student(t, df):
    tail = beta(df / (df + t * t), t * t / (df + t * t), df / 2, mpf(1) / 2) / 2
    return tail if t < 0 else 1 - tail


def kolmogorov_below(x):
    x = mpf(x)
    return sqrt(2 * pi) / x * sum(exp(-((2 * k - 1) ** 2) * pi**2 / (8 * x * x)) for k in range(1, 40))


def kolmogorov(x):
    x = mpf(x)
    return kolmogorov_below(x) if x < 1 else 1 - kolmogorov_above(x)


def kolmogorov_above(x):
    x = mpf(x)
    if x < 1:
        return 1 - kolmogorov_below(x)
    return 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * x * x) for k in range(1, 40))


tables = {}


def table(name, function, points):
    rows = []
    for point in points:
        arguments = list(point) if isinstance(point, tuple) else [point]
        value = function(*[mpf(a) for a in arguments])
        high = float(value)
        if math.isinf(high):
            continue
        rows.append(arguments + [high, float(value - mpf(high))])
    tables[name] = rows


table("exp", exp, uniform(-745, 709.7) + uniform(-1, 1) + both(spread(1e-20, 1e-2)) + uniform(-745.1, -708))
table("expm1", expm1, uniform(-45, 709) + uniform(-0.25, 0.25) + uniform(-1, -0.25) + uniform(0.25, 1)
      + both(spread(1e-20, 1e-2)))
table("log", log, spread(5e-324, 1.7e308) + uniform(0.9375, 1.0625) + uniform(0.5, 2) + uniform(0.9999999, 1.0000001)
      + [5e-324, 2.3e-308, 1.7e308, math.nextafter(1, 0), math.nextafter(1, 2)])
table("log10", log10, spread(5e-324, 1.7e308) + uniform(0.5, 2))
table("log1p", log1p, uniform(-0.0625, 0.0625) + uniform(-0.999, -0.0625) + uniform(0.0625, 2) + spread(2, 1e300)
      + both(spread(1e-20, 1e-2)) + [-math.nextafter(1, 0), 2.0**53, 2.0**54, 2.0**60])
table("pow", lambda x, y: x**y, list(zip(spread(1e-5, 1e5), uniform(-50, 50))) + list(
    zip(uniform(0.9, 1.1), uniform(-5000, 5000))) + list(zip(spread(1e-300, 1e300), uniform(-1, 1))) + [
        (1 + 2.0**-52, 1e18), (1 - 2.0**-53, -1e18), (10.0, 308.0), (10.0, -320.0), (2.0, 0.5)])
angles = uniform(-0.7853981633974484, 0.7853981633974484) + uniform(-100, 100) + both(spread(100, 1e308)) + [
    1599999.9, 1600000.0, 1600000.1] + [float(k * pi / 2) for k in range(-20, 21) if k] + [
        float(mpf(10) ** 5 * pi), float(mpf(2) ** 40 * pi), 6381956970095103 * 2.0**797] + both(spread(1e-20, 1e-2))
table("sin", sin, angles)
table("cos", cos, angles)
table("atan", atan, uniform(-3, 3) + both(spread(1e-10, 1e20)) + uniform(0.4375, 0.6875) + uniform(1.1875, 2.4375))
table("tanh", tanh, uniform(-3, 3) + both(spread(1e-10, 30)))
table("logistic", lambda x: 1 / (1 + exp(-x)), uniform(-700, 50) + uniform(-3, 3))
table("erf", erf, uniform(-0.46875, 0.46875) + uniform(0.46875, 6) + both(spread(1e-20, 1e-2)))
table("erfc", erfc, uniform(-3, 0.46875) + uniform(0.46875, 4) + uniform(4, 26.5))
table("erfcx", lambda x: exp(x * x) * erfc(x), uniform(0, 0.46875) + uniform(0.46875, 4) + uniform(4, 100))
table("normalDensity", lambda x: exp(-x * x / 2) / sqrt(2 * pi), uniform(-38, 38) + uniform(-2, 2))
table("normalCDF", lambda x: erfc(-x / sqrt(mpf(2))) / 2, uniform(-37.5, -5.65) + uniform(-5.65, 0) + uniform(0, 8.5)
      + uniform(-0.6629, 0.6629) + both(spread(1e-20, 1e-2)))
table("normalQuantile", normal_quantile, spread(1e-307, 1e-3) + uniform(0.001, 0.075) + uniform(0.0750001, 0.49999))
table("logGamma", loggamma, uniform(1, 2) + uniform(2, 3) + uniform(3, 8) + uniform(8, 200) + spread(1e-300, 1)
      + spread(200, 1e300) + uniform(0.999, 1.001) + uniform(1.999, 2.001))
gammas = [(a, a * f) for a in spread(0.05, 300) for f in (0.2, 0.8, 1.0, 1.25, 3.0)] + [
    (1e6, 1e6), (1e6, 1.002e6), (1e5, 0.995e5), (7.999, 9.5), (8.0, 9.5)]
table("gammaP", lambda a, x: gammainc(a, 0, x, regularized=True), gammas)
table("gammaQ", lambda a, x: gammainc(a, x, regularized=True), gammas)
betas = [(draw.uniform(0.001, 0.999), a, b) for a, b in zip(spread(0.05, 200), spread(0.05, 200)) for _ in range(2)]
betas += [(0.5, 2.0, 3.0), (0.3, 8.0, 8.0), (0.3, 7.999, 8.0), (0.95, 1e4, 500.0), (0.5001, 1e5, 1e5)]
table("betaI", lambda x, a, b: beta(x, 1 - x, a, b), betas)
students = list(zip(uniform(-40, 40), spread(0.5, 1000) + [1.0, 2.0, 3.0, 30.0])) + list(
    zip(uniform(-3, 3), spread(0.5, 1e5) + [1.0, 2.0, 4.0, 1e6]))
table("studentTCDF", student, students)
table("kolmogorovCDF", kolmogorov, uniform(0.05, 1) + uniform(1, 3))
table("kolmogorovSurvival", kolmogorov_above, uniform(0.2, 1) + uniform(1, 15))

print("{")
for index, (name, rows) in enumerate(tables.items()):
    print(f' "{name}": [')
    print(",\n".join("  " + json.dumps(row) for row in rows))
    print(" ]" + ("," if index + 1 < len(tables) else ""))
print("}")
