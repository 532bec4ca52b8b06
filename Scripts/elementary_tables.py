#!/usr/bin/env python3
"""Writes Sources/HydraCore/Numerics/ElementaryConstants.swift: the tables of exp, log and the Mills ratio.

All numbers are computed with mpmath (60 digits) and rounded once. Usage: Scripts/elementary_tables.py > FILE
"""
import struct
import sys

from mpmath import mp, mpf, chebyfit, erfc, exp, log, pi, polyval, sqrt

mp.dps = 60
MILLS_COEFFICIENTS = 9  # without the constant term
MILLS_OCTAVES, MILLS_PARTS = 7, 16


def bits(x):
    return struct.unpack("<q", struct.pack("<d", x))[0]


def from_bits(i):
    return struct.unpack("<d", struct.pack("<q", i))[0]


def pair(x):
    high = float(x)
    return high, float(x - mpf(high))


def on_grid(x, exponent):
    """x as a multiple of 2^exponent and the rest."""
    high = float(mp.nint(x * mpf(2) ** -exponent)) * 2.0**exponent
    return high, float(x - mpf(high))


def mills(z):
    return sqrt(pi / 2) * exp(z * z / 2) * erfc(z / sqrt(mpf(2)))


def exponential_table():
    rows = []
    for j in range(32):
        rows += pair(mpf(2) ** (mpf(j) / 32))
    return rows


def logarithm_table():
    """Rows (c, -log c on the grid 2^-41, rest), c = 1/centre rounded to 9 bits, 1 in the two intervals beside 1."""
    base = bits(0.703125)  # 0x3fe68...: 1 is a boundary of the intervals
    rows = []
    for j in range(128):
        low = from_bits(base + (j << 45))
        high = from_bits(base + ((j + 1) << 45))
        centre = (mpf(low) + mpf(high)) / 2
        c = float(mp.nint(256 / centre)) / 256
        if low == 1.0 or high == 1.0:
            c = 1.0
        worst = max(abs(mpf(low) * c - 1), abs(mpf(high) * c - 1))
        assert worst < mpf(2) ** -6.4, (j, low, high, float(worst))
        rows += [c, *on_grid(-log(mpf(c)), -41)]
    return rows


def mills_table():
    rows, worst = [], mpf(0)
    for octave in range(MILLS_OCTAVES):
        width = mpf(2) ** octave / MILLS_PARTS
        for part in range(MILLS_PARTS):
            centre = mpf(2) ** octave + (part + mpf(1) / 2) * width - 1
            constant = mills(centre)

            def slope(d, centre=centre, constant=constant):
                return (mills(centre + d) - constant) / d if d else centre * constant - 1

            reach = width / 2 * (1 + mpf(2) ** -40)
            coefficients = [float(c) for c in chebyfit(slope, [-reach, reach], MILLS_COEFFICIENTS)]  # highest first
            for k in range(-20, 21):
                d = reach * k / 20
                error = (constant + d * polyval([mpf(c) for c in coefficients], d)) / mills(centre + d) - 1
                worst = max(worst, abs(error))
            rows += [*pair(constant), *reversed(coefficients)]
    return rows, worst


def literal(name, comment, values):
    lines, line = [], "   "
    for v in values:
        text = " " + repr(v) + ","
        if len(line) + len(text) > 118:
            lines.append(line)
            line = "   "
        line += text
    lines.append(line)
    return "\n".join(f"  /// {c}" for c in comment) + f"\n  static let {name}: [Double] = [\n" + "\n".join(lines) + "\n  ]"


values, worst = mills_table()
high, low = on_grid(log(mpf(2)), -41)
step_high, step_low = on_grid(log(mpf(2)) / 32, -42)
print(f"""// swift-format-ignore-file
// Written by Scripts/elementary_tables.py (mpmath, 60 digits). Do not edit by hand.

/// Constants of the table-driven elementary functions.
enum ElementaryConstants {{
{literal("exponentials", ["2^(j/32), j = 0...31, as high and low part."], exponential_table())}

{literal("logarithms", ["c, -log c as a multiple of 2^-41, and the rest, for 128 intervals of [0.703125, 1.40625);",
   "c is 1/centre rounded to multiples of 1/256."], logarithm_table())}

{literal("millsRatio", [f"The Mills ratio R(z) on {MILLS_OCTAVES * MILLS_PARTS} intervals of z + 1, {MILLS_PARTS} to the octave from 1 to {2**MILLS_OCTAVES}: high and low part of R at the",
   f"centre, then {MILLS_COEFFICIENTS} coefficients of (R(z) - R(centre)) / (z - centre). Largest relative error {float(worst):.1e}."], values)}
}}""")
assert worst < mpf(2) ** -57
print("ln2", repr(high), repr(low), "ln2/32", repr(step_high), repr(step_low), "worst", float(worst), "log2", float(log(worst, 2)), file=sys.stderr)
