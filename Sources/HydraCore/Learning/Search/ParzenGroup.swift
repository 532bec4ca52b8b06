import HydraNumerics

/// The kernels of the trials that have a group of parameters, and the choice among candidates.
///
/// A mixture has one kernel for each trial, centred on it, and the prior. The kernel of a number is a normal
/// distribution cut to 0…1; of a category the trial's own word, blended with all of them. Kernels of the rest take part
/// in every suggestion and are kept in columns; the normalisation of the cut is kept with each, for the width of the
/// rest and for that of the good. The widths follow the number of trials in steps of 4 %, so that a normalisation is
/// worked out anew only now and then.
struct ParzenGroup: Sendable {
  typealias Lanes = SIMD8<Double>

  let members: [Int]
  private let settings: TPE
  private let space: UnitSpace
  /// Members that are numbers, and that are categories.
  private let numbers: [Int]
  private let categories: [Int]
  /// Half the width of a cell of each number that has steps.
  private let halfCells: [Double]
  /// Coordinates: for each block of eight kernels the lanes of each member, numbers first.
  private var lanes: [Lanes] = []
  /// The place of each finished trial among the kernels; nil where it lacks the group.
  private var placeOfTrial: [Int?] = []
  private(set) var count = 0
  /// Widths for the rest and for the good, and ln of the mass inside 0…1 of each kernel.
  private var rest = Width()
  private var good = Width()

  private struct Width: Sendable {
    /// The number of kernels for which the width was worked out.
    var kernels = 0
    /// For each number.
    var sigmas: [Double] = []
    var logMass: [Double] = []
  }

  init(_ space: UnitSpace, members: [Int], settings: TPE) {
    self.space = space
    self.members = members
    self.settings = settings
    numbers = members.filter { space.axes[$0].categories == nil }
    categories = members.filter { space.axes[$0].categories != nil }
    halfCells = numbers.map { space.axes[$0].halfCell }
  }

  // MARK: - Keeping

  /// Adds a finished trial, which may lack the group.
  mutating func add(_ point: [Double], trial: Int) {
    guard !point[members[0]].isNaN else { return placeOfTrial.append(nil) }
    placeOfTrial.append(count)
    append(point, to: &lanes, at: count)
    count += 1
    let goodCount = self.goodCount
    follow(&good, kernels: goodCount)
    follow(&rest, kernels: count - goodCount)
  }

  private func append(_ point: [Double], to lanes: inout [Lanes], at kernel: Int) {
    if kernel % Lanes.scalarCount == 0 { lanes.append(contentsOf: repeatElement(.zero, count: members.count)) }
    let block = kernel / Lanes.scalarCount * members.count
    for (column, index) in (numbers + categories).enumerated() {
      lanes[block + column][kernel % Lanes.scalarCount] = point[index]
    }
  }

  private var goodCount: Int {
    min(Int((settings.goodShare * Double(count)).rounded(.up)), settings.mostGood, count)
  }

  /// Brings a width up to date: a new one when the number of kernels has moved by more than 4 %, else one more mass.
  private func follow(_ width: inout Width, kernels: Int) {
    let drift = abs(kernels - width.kernels) * 25
    if width.kernels == 0 || drift > width.kernels {
      width.kernels = kernels
      width.sigmas = sigmas(kernels)
      width.logMass = (0..<count).map { logMass($0, width.sigmas) }
    } else {
      width.logMass.append(logMass(count - 1, width.sigmas))
    }
  }

  /// One width for all numbers, but at least half a cell where there are steps: else no other cell would be tried.
  private func sigmas(_ kernels: Int) -> [Double] {
    let power = -1 / Double(members.count + 4)
    let width = settings.bandwidth * Portable.exp(power * Portable.log(Double(max(kernels, 1))))
    return halfCells.map { max(width, $0) }
  }

  private func coordinate(_ column: Int, _ kernel: Int) -> Double {
    lanes[kernel / Lanes.scalarCount * members.count + column][kernel % Lanes.scalarCount]
  }

  private func logMass(_ kernel: Int, _ sigmas: [Double]) -> Double {
    var mass = 1.0
    for column in numbers.indices { mass *= Self.mass(coordinate(column, kernel), sigmas[column]) }
    return Portable.log(max(mass, .leastNormalMagnitude))
  }

  /// The share of a normal distribution that lies in 0…1.
  private static func mass(_ center: Double, _ sigma: Double) -> Double {
    Portable.normalCDF((1 - center) / sigma) - Portable.normalCDF(-center / sigma)
  }

  // MARK: - Choosing

  /// Chooses the group's coordinates.
  ///
  /// - Parameters:
  ///   - order: the finished trials from best to worst.
  ///   - liars: points of trials that still run.
  func choose(into point: inout [Double], order: [Int], liars: [[Double]], random: inout CounterRandom) {
    guard count > 0 else {
      let free = space.random(&random)
      for index in members { point[index] = free[index] }
      return
    }
    var goodPlaces: [Int] = []
    for trial in order {
      if goodPlaces.count == goodCount { break }
      if let place = placeOfTrial[trial] { goodPlaces.append(place) }
    }
    var goodLanes: [Lanes] = []
    for (kernel, place) in goodPlaces.enumerated() {
      if kernel % Lanes.scalarCount == 0 { goodLanes.append(contentsOf: repeatElement(.zero, count: members.count)) }
      for column in members.indices {
        goodLanes[kernel / Lanes.scalarCount * members.count + column][kernel % Lanes.scalarCount] =
          coordinate(column, place)
      }
    }
    let goodMixture = ParzenMixture(
      lanes: goodLanes, logMass: goodPlaces.map { good.logMass[$0] }, absent: [], count: goodPlaces.count,
      sigmas: good.sigmas, group: self)
    var (restLanes, restMass, restCount) = (lanes, rest.logMass, count)
    for liar in liars where !liar[members[0]].isNaN {
      append(liar, to: &restLanes, at: restCount)
      var mass = 1.0
      for (column, index) in numbers.enumerated() { mass *= Self.mass(liar[index], rest.sigmas[column]) }
      restMass.append(Portable.log(max(mass, .leastNormalMagnitude)))
      restCount += 1
    }
    let restMixture = ParzenMixture(
      lanes: restLanes, logMass: restMass, absent: goodPlaces, count: restCount, sigmas: rest.sigmas, group: self)
    let candidates = (0..<settings.candidates).map { _ in draw(goodMixture, &random) }
    let scores = zip(goodMixture.densities(candidates), restMixture.densities(candidates)).map {
      Portable.log($0) - Portable.log($1)
    }
    let best = scores.indices.reduce(0) { scores[$1] > scores[$0] ? $1 : $0 }
    for (column, index) in (numbers + categories).enumerated() { point[index] = candidates[best][column] }
  }

  /// A draw from the mixture of the good; numbers with steps move to the middle of their cell.
  private func draw(_ mixture: ParzenMixture, _ random: inout CounterRandom) -> [Double] {
    // The prior comes last.
    let pick = random.uniform() * (Double(mixture.count) + settings.priorWeight)
    let kernel = pick < Double(mixture.count) ? Int(pick) : nil
    var candidate: [Double] = []
    for (column, index) in numbers.enumerated() {
      let (center, sigma) = kernel.map { (mixture.coordinate(column, $0), mixture.sigmas[column]) } ?? (0.5, 1)
      var u = center + sigma * random.normal()
      while !(u >= 0 && u <= 1) { u = center + sigma * random.normal() }
      candidate.append(space.snapped(index, u))
    }
    for (column, index) in categories.enumerated() {
      let words = space.axes[index].categories ?? 1
      // With the weight of the prior spread over the words.
      let isFree = kernel == nil || random.uniform() * (mixture.total + settings.priorWeight) >= mixture.total
      if let kernel, !isFree {
        candidate.append(mixture.coordinate(numbers.count + column, kernel))
      } else {
        candidate.append(Double(random.below(words)))
      }
    }
    return candidate
  }

  /// What a mixture needs to know of the group.
  var layout: (numbers: Int, words: [Int], priorWeight: Double) {
    (numbers.count, categories.map { space.axes[$0].categories ?? 1 }, settings.priorWeight)
  }
}
