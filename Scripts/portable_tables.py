"""Prints the tables of Sources/HydraCore/Numerics/PortableTables.swift; needs mpmath.

    python3 Scripts/portable_tables.py > Sources/HydraCore/Numerics/PortableTables.swift
"""
from mpmath import mp, mpf, chebyfit, exp, floor, gamma, log, loggamma, pi, taylor

mp.prec = 2400


def double(x):
    return float(mpf(x))


def pair(x):
    high = double(x)
    return high, double(x - mpf(high))


def text(x):
    return repr(double(x))


def rows(values, per_line):
    for i in range(0, len(values), per_line):
        print("  " + ", ".join(values[i : i + per_line]) + ",")


print("// Made by Scripts/portable_tables.py; do not edit.")
print()
print("/// 2^(j/64) for j in 0..<64: the nearest double, then what it lacks.")
print("let exponentialTable: [Double] = [")
rows([", ".join(map(text, pair(mpf(2) ** (mpf(j) / 64)))) for j in range(64)], 2)
print("]")
print()
print("/// ln(j/128) for j in 90...182: the nearest double, then what it lacks.")
print("let logarithmTable: [Double] = [")
rows([", ".join(map(text, pair(log(mpf(j) / 128)))) for j in range(90, 183)], 2)
print("]")
print()
print("/// 2/π as a binary fraction, 64 bits a word, the most significant first.")
print("let twoOverPi: [UInt64] = [")
bits = int(floor(2 / pi * mpf(2) ** 1280))
words = [(bits >> (64 * (19 - i))) & (2**64 - 1) for i in range(20)]
hexes = ["0x" + "_".join(f"{w:016x}"[k : k + 4] for k in range(0, 16, 4)) for w in words]
rows(hexes, 4)
print("]")
print()
mp.prec = 200
degree = 23


def quotient(x):
    z = mpf(x)
    if abs(z - 1) < mpf(10) ** -25:
        z += mpf(10) ** -25
    if abs(z - 2) < mpf(10) ** -25:
        z -= mpf(10) ** -25
    return log(gamma(z)) / ((z - 1) * (z - 2))


coefficients, error = chebyfit(lambda t: quotient(mpf("1.5") + t), [mpf("-0.5"), mpf("0.5")], degree + 1, error=True)
assert error < mpf(2) ** -58, error
print("/// ln Γ(x) / ((x - 1)(x - 2)) on [1, 2] in powers of x - 1.5, the highest first; error below 2^-58.")
print("let logGammaCoefficients: [Double] = [")
rows([text(c) for c in coefficients], 4)
print("]")
