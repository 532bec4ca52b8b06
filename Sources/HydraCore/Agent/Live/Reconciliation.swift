import HydraMarket
import HydraNumerics

/// What becomes of orders that were decided before a stop, once the run goes on.
///
/// | the broker knows the order | decided at the newest moment of the journal | |
/// |---|---|---|
/// | yes | | it was sent; never again |
/// | no | yes | the stop came between the journal and the broker: it is sent now |
/// | no | no | it is lost, and too old to be sent: the run goes on in the reducing state |
public struct Reconciliation: Hashable, Sendable {
  public var send: [BrokerOrder] = []
  public var lost: [BrokerOrder] = []

  /// Sorts the orders that the broker was asked about.
  public init(_ orders: [BrokerOrder], newest: Timestamp, known: (String) throws -> Bool) rethrows {
    for order in orders where !(try known(order.clientID)) {
      if order.moment == newest { send.append(order) } else { lost.append(order) }
    }
  }

  /// Contracts in which the account and the broker do not hold the same, with both numbers.
  public static func differences(
    account: [ContractMonth: Int], broker: [ContractMonth: Int]
  ) -> [(contract: ContractMonth, account: Int, broker: Int)] {
    Set(account.keys).union(broker.keys).sorted().compactMap { contract in
      let (own, theirs) = (account[contract, default: 0], broker[contract, default: 0])
      return own == theirs ? nil : (contract, own, theirs)
    }
  }
}
