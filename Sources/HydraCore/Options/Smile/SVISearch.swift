import HydraNumerics

/// The search for SVI's vertex: variable projection, Levenberg-Marquardt in (m, ln σ) with a, p, q solved at each point.
///
/// The Gauss-Newton matrix of all five parameters is formed and the linear three are eliminated from it (Kaufman's
/// approximation of the projected Jacobian), so that a step costs one pass over the quotes.
///
/// Source: G. Golub, V. Pereyra, "Separable nonlinear least squares: the variable projection method and its
/// applications", Inverse Problems 19 (2003) R1–R26.
struct SVISearch {
  typealias Lanes = SIMD8<Double>

  var best: SVIVertex
  var iterations = 0

  static let maximumIterations = 100

  /// The range of the vertex: far outside the quotes a smile is a parabola or a line, which needs no farther.
  struct Bounds {
    let m: ClosedRange<Double>
    let logSigma: ClosedRange<Double>

    init(_ quotes: borrowing SVIQuotes) {
      let width = max(quotes.high - quotes.low, 1e-3)
      m = (quotes.low - 8 * width)...(quotes.high + 8 * width)
      logSigma = Portable.log(2e-4 * width)...Portable.log(16 * width)
    }
  }

  /// Searches from a grid of vertices: between neighbouring strikes when σ is small (where each gap can hold a minimum
  /// of its own), and beside the quotes when it is large.
  init(_ quotes: borrowing SVIQuotes) {
    let bounds = Bounds(quotes)
    let width = max(quotes.high - quotes.low, 1e-3)
    var starts: [SVIVertex] = []
    let floor = 1e-30 * quotes.size
    for (share, steps, reach) in [(0.03, 12, 1.0), (0.12, 8, 1.0), (0.4, 6, 1.5), (1.2, 4, 3.0)] {
      let centre = (quotes.low + quotes.high) / 2
      let logSigma = Portable.log(share * width)
      for step in 0...steps {
        let m = centre + width * reach * (Double(step) / Double(steps) - 0.5)
        starts.append(SVIVertex(quotes, m: m, logSigma: logSigma))
      }
    }
    starts.sort { $0.sum < $1.sum }
    best = starts[0]
    var tried: [SVIVertex] = []
    for start in starts {
      // Vertices next to one that was tried end at the same place.
      let isNew = tried.allSatisfy { abs($0.m - start.m) > 0.2 * width || abs($0.logSigma - start.logSigma) > 0.5 }
      guard isNew else { continue }
      tried.append(start)
      descend(quotes, from: start, bounds: bounds, floor: floor)
      if tried.count == 4 || best.sum <= floor { break }
    }
  }

  private mutating func descend(_ quotes: borrowing SVIQuotes, from start: SVIVertex, bounds: Bounds, floor: Double) {
    var vertex = start
    var (damping, growth) = (1e-3, 2.0)
    var scale = (0.0, 0.0)
    var normal = Self.normal(quotes, vertex)
    for _ in 0..<Self.maximumIterations where vertex.sum > floor {
      iterations += 1
      scale = (max(scale.0, normal.mm), max(scale.1, normal.ss))
      // A coordinate at its bound whose gradient points outwards stays there.
      let holdsM = !bounds.m.contains(vertex.m - normal.m * 1e-9) && !bounds.m.isInside(vertex.m)
      let holdsS = !bounds.logSigma.isInside(vertex.logSigma) && !bounds.logSigma.contains(vertex.logSigma - normal.s)
      let (d0, d1) = (normal.mm + damping * scale.0, normal.ss + damping * scale.1)
      var (dm, ds) = (0.0, 0.0)
      let determinant = d0 * d1 - normal.ms * normal.ms
      if !holdsM && !holdsS && determinant > 0 {
        dm = -(d1 * normal.m - normal.ms * normal.s) / determinant
        ds = -(d0 * normal.s - normal.ms * normal.m) / determinant
      } else if !holdsM && d0 > 0 {
        dm = -normal.m / d0
      } else if !holdsS && d1 > 0 {
        ds = -normal.s / d1
      }
      ds = min(max(ds, -1.5), 1.5)
      let m = min(max(vertex.m + dm, bounds.m.lowerBound), bounds.m.upperBound)
      let logSigma = min(max(vertex.logSigma + ds, bounds.logSigma.lowerBound), bounds.logSigma.upperBound)
      (dm, ds) = (m - vertex.m, logSigma - vertex.logSigma)
      let linear = 2 * (normal.m * dm + normal.s * ds)
      let square = normal.mm * dm * dm + 2 * normal.ms * dm * ds + normal.ss * ds * ds
      let predicted = -(linear + square)
      let trial = SVIVertex(quotes, m: m, logSigma: logSigma)
      let actual = vertex.sum - trial.sum
      if actual > 0 {
        vertex = trial
        if !(predicted > 1e-9 * vertex.sum) && actual < 1e-9 * vertex.sum { break }
        normal = Self.normal(quotes, vertex)
        let u = 2 * actual / predicted - 1
        damping = max(damping * max(1.0 / 3, 1 - u * u * u), 1e-12)
        growth = 2
      } else {
        if !(predicted > 1e-9 * vertex.sum) { break }
        damping *= growth
        growth *= 2
        if damping > 1e12 { break }
      }
    }
    if vertex.sum < best.sum { best = vertex }
  }

  /// Half the gradient and the Gauss-Newton matrix in (m, ln σ) once a, p and q are eliminated.
  private struct Normal {
    var m, s, mm, ms, ss: Double
  }

  @inline(__always)
  private static func normal(_ quotes: borrowing SVIQuotes, _ v: SVIVertex) -> Normal {
    let sigma = v.sigma
    var rows = EliminationSums()
    for block in 0..<quotes.vectors {
      let y: Lanes = (quotes.places[block] - Lanes(all: v.m)) * Lanes(all: 1 / sigma)
      let (rise, fall, root) = SVIVertex.basis(y)
      let (pRise, qFall): (Lanes, Lanes) = (Lanes(all: v.p) * rise, Lanes(all: v.q) * fall)
      let residual: Lanes = Lanes(all: v.a) + pRise + qFall - quotes.variances[block]
      let slope: Lanes = (pRise - qFall) / root
      let byM: Lanes = slope * Lanes(all: -1 / sigma)
      rows.add(rise, fall, byM, -(y * slope), residual, weight: quotes.weights[block])
    }
    let r = rows.eliminated(hasRise: v.p > 0, hasFall: v.q > 0)
    return Normal(m: r.0, s: r.1, mm: r.2, ms: r.3, ss: r.4)
  }
}

extension ClosedRange<Double> {
  /// Whether a value lies strictly between the bounds.
  func isInside(_ value: Double) -> Bool { lowerBound < value && value < upperBound }
}

/// Weighted sums of products of the columns 1, rise, fall, ∂m, ∂ln σ and r.
struct EliminationSums {
  typealias Lanes = SIMD8<Double>

  private var ones = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
  private var rise = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
  private var fall = (Lanes.zero, Lanes.zero, Lanes.zero)
  private var rest = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)

  @inline(__always) init() {}

  @inline(__always)
  mutating func add(_ e: Lanes, _ f: Lanes, _ g: Lanes, _ h: Lanes, _ r: Lanes, weight w: Lanes) {
    let (we, wf, wg, wh): (Lanes, Lanes, Lanes, Lanes) = (w * e, w * f, w * g, w * h)
    ones.0 += w
    ones.1 += we
    ones.2 += wf
    ones.3 += wg
    ones.4 += wh
    rise.0 += we * e
    rise.1 += we * f
    rise.2 += we * g
    rise.3 += we * h
    fall.0 += wf * f
    fall.1 += wf * g
    fall.2 += wf * h
    rest.0 += wg * r
    rest.1 += wh * r
    rest.2 += wg * g
    rest.3 += wg * h
    rest.4 += wh * h
  }

  /// Σ ∂m r, Σ ∂s r, Σ ∂m², Σ ∂m ∂s, Σ ∂s² after projection off the columns 1, rise and fall.
  ///
  /// The residual is orthogonal to those columns already, hence its products stay as they are.
  @inline(__always)
  func eliminated(hasRise: Bool, hasFall: Bool) -> (Double, Double, Double, Double, Double) {
    let total = ones.0.sum()
    let (e, f, g, h) = (ones.1.sum() / total, ones.2.sum() / total, ones.3.sum() / total, ones.4.sum() / total)
    let (ee, ef, ff) = (rise.0.sum() - total * e * e, rise.1.sum() - total * e * f, fall.0.sum() - total * f * f)
    let (eg, eh) = (rise.2.sum() - total * e * g, rise.3.sum() - total * e * h)
    let (fg, fh) = (fall.1.sum() - total * f * g, fall.2.sum() - total * f * h)
    var (gg, gh, hh) = (rest.2.sum() - total * g * g, rest.3.sum() - total * g * h, rest.4.sum() - total * h * h)
    if hasRise && ee > 0 {
      gg -= eg * eg / ee
      gh -= eg * eh / ee
      hh -= eh * eh / ee
    }
    if hasFall {
      let share = hasRise && ee > 0 ? ef / ee : 0
      let (pivot, pg, ph) = (ff - share * ef, fg - share * eg, fh - share * eh)
      if pivot > 1e-12 * ff {
        gg -= pg * pg / pivot
        gh -= pg * ph / pivot
        hh -= ph * ph / pivot
      }
    }
    return (rest.0.sum(), rest.1.sum(), max(gg, 0), gh, max(hh, 0))
  }
}
