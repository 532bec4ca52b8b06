import HydraNumerics

// Bachelier's formula inverted on lanes, for prices that are not extreme: one option (Double) or eight (SIMD8<Double>) with
// the same bits. The others are left to the scalar code of `Bachelier+ImpliedVolatility.swift`, whose method this is: the
// rational first value is exact to 7.4e-6, a Householder step of second order makes that 2e-12, and the last step, whose
// residual is a difference of pairs, what the rounding of the inputs costs.

/// The normal volatilities of prices that are not extreme.
struct NormalVolatilityCore<L: DoubleLanes> {
  /// The price lies well above its bound and the last step was small; other lanes hold numbers without meaning.
  var isOrdinary: L.Flags
  var volatility: L

  @inline(__always)
  init(_ tables: ElementaryTables, price: L, sign: L, forward: L, strike: L, years: L, rate: L) {
    let (one, zero) = (L(all: 1), L(all: 0))
    let gap = LanePair(sum: forward, -strike)
    let size = LanePair.select(L.less(gap.high, zero), -gap, gap)
    let exponent = LanePair(product: rate, years)
    let growth: LanePair<L> = tables.exp(exponent)
    let intrinsic = LanePair.select(L.less(zero, gap.high * sign), size, LanePair(zero))
    let value = growth * price - intrinsic

    let (m, v) = (size.high, value.high)
    let width = L.multiplyAdd(L(all: 2), v, m)
    let y = m / width
    // artanh y = ln((m + v)/v) / 2; below y = 1e-4 it loses digits to cancellation and η is 1 - y²/3.
    let near = L.multiplyAdd(y * y, L(all: -1.0 / 3), one)
    let logRatio: LanePair<L> = tables.logRatio(m + v, v)
    let eta = L.select(L.less(y, L(all: 1e-4)), near, (y + y) / logRatio.high)
    var s = L(all: 1.2533141373155003) * width * eta.squareRoot() * Bachelier.firstGuess(eta)

    var step = zero
    for isLast in [false, true] {
      let terms = BachelierTerms(tables, gap: gap, spread: Spread(s: LanePair(s)))
      let outside = terms.outsideValue
      let miss = (outside - value).rounded / v
      // ln(v(s)/v) to the third order: the first miss is below 1e-2, an error of 2e-12 in s.
      let residual = miss * L.multiplyAdd(miss, L.multiplyAdd(miss, L(all: 1.0 / 3), L(all: -0.5)), one)
      let slope = terms.density.high / outside.high
      let newton = -residual / slope
      let second = terms.z.high * terms.z.high / s - slope
      step = newton / L.multiplyAdd(L(all: 0.5) * second, newton, one)
      if !isLast { s = s + step }
    }
    let total = LanePair(ordered: s, step)
    let root = years.squareRoot()
    let square = LanePair(product: root, root)
    let inverse = one / root
    let exactRoot = LanePair(ordered: root, ((years - square.high) - square.low) * (L(all: 0.5) * inverse))
    volatility = LanePair.quotient(total, exactRoot, reciprocal: inverse).rounded

    let isSettled = L.less(step.absolute, L(all: 1e-9) * s)
    let (smallest, largest) = (L(all: 1e-140), L(all: 1e140))
    let prices = L.both(L.less(forward.absolute, largest), L.less(strike.absolute, largest))
    let times = L.both(L.less(L(all: 1e-100), years), L.less(years, L(all: 1e100)))
    let values = L.both(L.less(smallest, v), L.less(v, largest))
    // Prices on the bound have a status of their own; rounding hides them within 2^-48 of the payoff. Beyond z = 37 the
    // density leaves the normal numbers.
    let margin = L.both(L.less(intrinsic.high * L(all: 0x1p-48), v), L.less(m, L(all: 36) * s))
    isOrdinary = L.both(
      L.both(L.both(isSettled, prices), L.both(times, values)),
      L.both(margin, L.less(exponent.high.absolute, L(all: 300))))
  }
}
