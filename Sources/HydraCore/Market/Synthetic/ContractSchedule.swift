import HydraNumerics

/// The contracts of one simulated span and, for each trading day, which are listed and which one is held.
struct ContractSchedule: Sendable {
  let cycle: ContractCycle
  let days: [CivilDate]
  /// All contracts that are listed on some day, ascending.
  let contracts: [ContractMonth]
  /// Last trade days of `contracts`.
  let expiries: [CivilDate]
  /// For each day the index of the contract that expires first; `cycle.listed` contracts from there are listed.
  let front: [Int]
  /// For each day the index of the held contract.
  let held: [Int]
  /// Whether the held contract is left on this day.
  let isDeparture: [Bool]

  init(cycle: ContractCycle, days: [CivilDate]) {
    self.cycle = cycle
    self.days = days
    var contract = cycle.frontContract(on: days[0])
    let lastFront = cycle.frontContract(on: days[days.count - 1])
    var contracts: [ContractMonth] = []
    while contract <= lastFront {
      contracts.append(contract)
      contract = cycle.next(after: contract)
    }
    for _ in 1..<cycle.listed {
      contracts.append(contract)
      contract = cycle.next(after: contract)
    }
    self.contracts = contracts
    expiries = contracts.map(cycle.lastTradeDay(of:))

    var front: [Int] = []
    var held: [Int] = []
    var isDeparture: [Bool] = []
    var frontIndex = 0
    var heldContract = cycle.heldContract(on: days[0])
    var departure = cycle.departureDay(of: heldContract)
    for day in days {
      while expiries[frontIndex] < day { frontIndex += 1 }
      while departure < day {
        heldContract = cycle.nextHeld(after: heldContract)
        departure = cycle.departureDay(of: heldContract)
      }
      front.append(frontIndex)
      held.append(contracts.firstIndex(of: heldContract)!)
      isDeparture.append(day == departure)
    }
    (self.front, self.held, self.isDeparture) = (front, held, isDeparture)
  }

  /// The indices of the contracts listed on a day.
  func listed(on day: Int) -> Range<Int> { front[day]..<front[day] + cycle.listed }

  /// Place of a contract's figures on a day in the flat, day-by-day arrays of a path; nil when it is not listed.
  func slot(day: Int, contract index: Int) -> Int? {
    let rank = index - front[day]
    return rank >= 0 && rank < cycle.listed ? day * cycle.listed + rank : nil
  }

  /// The index of a contract; nil when it is never listed.
  func index(of contract: ContractMonth) -> Int? {
    guard contract >= contracts[0], contract <= contracts[contracts.count - 1] else { return nil }
    return contracts.firstIndex(of: contract)
  }
}
