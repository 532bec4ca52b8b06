import HydraNumerics

/// Keeps the queues of a recorded stream of single orders and lets an order of the queue witness each cancel.
struct QueueWitness {
  private struct Place: Hashable {
    var side: Side
    var price: Int32
  }
  private struct Waiting {
    var id: Int
    var lots: Int32
  }
  private var queues: [Place: [Waiting]] = [:]
  private var places: [Int: Place] = [:]
  private var random: CounterRandom

  init(seed: UInt64) { random = CounterRandom(seed: seed, stream: "queue witness") }

  /// Takes an event; what a witness saw of it when it is a cancel.
  mutating func apply(_ event: ReplayEvent) -> QueueCalibration.Cancel? {
    switch event.kind {
    case .add:
      if let side = event.side { enter(event.id, Place(side: side, price: event.price), event.lots) }
      return nil
    case .delete: return shrink(event.id, by: event.lots == 0 ? nil : event.lots, isCancel: true)
    case .execute: return shrink(event.id, by: event.lots == 0 ? nil : event.lots, isCancel: false)
    case .change:
      guard let place = places[event.id], let lots = queues[place]?.first(where: { $0.id == event.id })?.lots else {
        return nil
      }
      if place.price == event.price, event.lots <= lots {
        return event.lots == lots ? nil : shrink(event.id, by: lots - event.lots, isCancel: true)
      }
      // A move to another place leaves the old one as a cancel does.
      let seen = shrink(event.id, by: nil, isCancel: true)
      if event.lots > 0 { enter(event.id, Place(side: place.side, price: event.price), event.lots) }
      return seen
    case .clear:
      queues.removeAll()
      places.removeAll()
      return nil
    default: return nil
    }
  }

  private mutating func enter(_ id: Int, _ place: Place, _ lots: Int32) {
    _ = shrink(id, by: nil, isCancel: false)
    queues[place, default: []].append(Waiting(id: id, lots: lots))
    places[id] = place
  }

  private mutating func shrink(_ id: Int, by lots: Int32?, isCancel: Bool) -> QueueCalibration.Cancel? {
    guard let place = places[id], var queue = queues[place], let own = queue.firstIndex(where: { $0.id == id }) else {
      return nil
    }
    var seen: QueueCalibration.Cancel?
    if isCancel, queue.count > 1 {
      let other = random.below(queue.count - 1)
      let witness = other >= own ? other + 1 : other
      let ahead = queue[..<witness].reduce(0) { $0 + Double($1.lots) }
      let behind = queue[(witness + 1)...].reduce(0) { $0 + Double($1.lots) }
      seen = QueueCalibration.Cancel(ahead: ahead, behind: behind, wasBehind: own > witness)
    }
    let left = queue[own].lots - (lots ?? queue[own].lots)
    if left > 0 {
      queue[own].lots = left
    } else {
      queue.remove(at: own)
      places[id] = nil
    }
    queues[place] = queue.isEmpty ? nil : queue
    return seen
  }
}
