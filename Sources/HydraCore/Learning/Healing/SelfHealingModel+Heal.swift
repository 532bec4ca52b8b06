import HydraNumerics

extension SelfHealingModel {
  /// Rows since a change point that a fit of their own needs.
  private var windowRows: Int { max(200, settings.warmUpRows / 4) }

  /// The first fit, to the warm-up.
  mutating func begin(threads: Int) throws {
    columns = try usefulColumns(threads: threads)
    memory.keep(columns: columns)
    try crown(fit(memory.rows(0..<labels), threads: threads), .first)
    retrainings += 1
    nextCheckUp = labels + checkUpRows
    // Two grants at the start: an alarm may come before the next is earned.
    grants = 2
    guard settings.arm == .selfHealing else { return }
    var simple = OnlineLogistic(columns: columns.count, classes: classes)
    for place in 0..<memory.count { simple.learn(memory.row(place), label: memory.labels[place]) }
    logistic = simple
    mixture = ExpertMixture(classes: classes, switchRate: settings.switchRate)
    for _ in 0..<3 { mixture.add() }
  }

  private var checkUpRows: Int {
    let share = settings.arm == .periodic ? 1 : settings.checkUpShare
    return max(1, Int((share * Double(settings.warmUpRows)).rounded()))
  }

  /// A fit to everything remembered.
  mutating func checkUp(threads: Int) throws {
    nextCheckUp = labels + checkUpRows
    guard settings.arm == .periodic || grants >= 1 else { return }
    try crown(fit(memory.rows(0..<labels), threads: threads), .checkUp)
    retrainings += 1
    grants -= 1
  }

  /// Looks at the loss of the newest label and does what it asks for.
  mutating func watch(loss: Double, threads: Int) throws {
    if bank.update(loss) == .drift, bank.isRise {
      let changePoint = max(memory.first, labels - max(1, bank.changeAge ?? 1))
      alarms.append(HealingAlarm(row: labels - 1, changePoint: changePoint))
      try refit(since: changePoint)
      recovery = Recovery(changePoint: changePoint, due: max(labels, changePoint + windowRows))
    }
    if let recovery, labels >= recovery.due, grants >= 1 {
      self.recovery = nil
      try recover(since: recovery.changePoint, threads: threads)
    } else if labels >= nextCheckUp {
      try checkUp(threads: threads)
    }
  }

  /// The most trusted champion with leaves that know the rows since a change point, and some before for balance.
  private mutating func refit(since changePoint: Int) throws {
    let rows = memory.rows(min(changePoint, labels - 100)..<labels)
    guard rows.targets.contains(where: { $0 != rows.targets[0] }), let best else { return }
    let trees = try champions[best].trees.refitLeaves(
      to: rows.features, rows.targets, decay: 0.5, l2: settings.trees.l2)
    crown(trees, .refitted)
    repairs += 1
  }

  /// Trains on the rows since a change point alone, and adds trees for them to the most trusted champion.
  private mutating func recover(since changePoint: Int, threads: Int) throws {
    let rows = memory.rows(changePoint..<labels)
    guard rows.targets.contains(where: { $0 != rows.targets[0] }), let best else { return }
    let base = champions[best].trees
    crown(try fit(rows, threads: threads), .window)
    retrainings += 1
    grants -= 1
    // Trees are added to an ensemble as trained only: one made so already would grow with every alarm.
    guard base.rounds <= rounds else { return }
    crown(try fit(rows, continuing: base, threads: threads), .continued)
    repairs += 1
  }

  /// The place of the champion that is trusted most.
  private var best: Int? {
    let trust = trust
    return trust.indices.max { trust[$0] < trust[$1] }
  }

  /// A new champion; the one trusted least, among those that are neither first nor newest, makes room for it.
  private mutating func crown(_ trees: GradientBoostedTrees, _ origin: HealingChampion.Origin) {
    let champion = HealingChampion(origin: origin, row: labels, trees: trees)
    generation += 1
    guard settings.arm == .selfHealing else {
      champions = [champion]
      return
    }
    if champions.count >= settings.champions {
      let trust = trust
      if let least = (1..<champions.count).min(by: { trust[$0] < trust[$1] }) {
        champions.remove(at: least)
        mixture.remove(at: least + 2)
      }
    }
    champions.append(champion)
    if !mixture.weights.isEmpty { mixture.add() }
  }

  /// Rounds of a whole ensemble: fewer where each has a tree for every class.
  private var rounds: Int { classes == 2 ? settings.trees.rounds : max(20, 2 * settings.trees.rounds / classes) }

  private func fit(
    _ rows: LabelledRows, continuing base: GradientBoostedTrees? = nil, threads: Int
  ) throws -> GradientBoostedTrees {
    var trees = settings.trees
    trees.objective = classes == 2 ? .binary(sigmoid: 1) : .multiclass(classes: classes)
    trees.rounds = base == nil ? rounds : max(5, rounds / 4)
    trees.seed = seed &+ UInt64(retrainings)
    let names = columns.count == rows.features.columns ? columns.map { context.names[$0] } : nil
    return try GradientBoostedTrees.fit(rows, names: names, settings: trees, continuing: base, threads: threads)
  }

  /// The columns that forecast the last 30 % of the warm-up best when fitted to the rest: values alone, with the labels'
  /// past, or all; of too many the most useful ones.
  private func usefulColumns(threads: Int) throws -> [Int] {
    let split = memory.first + memory.count * 7 / 10
    let end = memory.first + memory.count
    let all = context.names.count
    var best: (loss: Double, columns: [Int])?
    for count in [context.plain, context.withLabels, all] where count > 0 {
      let chosen = Array(0..<count)
      let (old, new) = (memory.rows(0..<split, columns: chosen), memory.rows(split..<end, columns: chosen))
      guard old.targets.contains(where: { $0 != old.targets[0] }) else { return Array(0..<all) }
      let trees = try fit(old, threads: threads)
      var loss = 0.0
      for (place, target) in new.targets.enumerated() {
        let p = HealingChampion(origin: .first, row: 0, trees: trees)
          .probabilities(new.features.row(place), classes: classes)
        loss -= Portable.log(max(1e-3, p[Int(target)]))
      }
      if best.map({ loss < $0.loss }) ?? true { best = (loss, chosen) }
    }
    guard let found = best?.columns else { return Array(0..<all) }
    guard found.count > settings.columns else { return found }
    let gains = try fit(memory.rows(0..<labels, columns: found), threads: threads).importance()
    let index = Dictionary(uniqueKeysWithValues: gains.map { ($0.feature, $0.gain) })
    let ranked = found.sorted { a, b in
      let (x, y) = (index[context.names[a]] ?? 0, index[context.names[b]] ?? 0)
      return x == y ? a < b : x > y
    }
    return ranked.prefix(settings.columns).sorted()
  }
}
