import Foundation
import HydraOptions
import TestSupport

/// A number of a golden file: null is NaN, "inf" and "-inf" are infinities.
struct VectorNumber: Decodable {
  var value: Double

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .nan
    } else if let text = try? container.decode(String.self) {
      value = Double(text) ?? .nan
    } else {
      value = try container.decode(Double.self)
    }
  }
}

/// Golden prices and Greeks of one model.
struct PriceVectors: Decodable {
  struct Case: Decodable {
    var name, regime, note: String?
    var type: OptionKind
    var forward, strike, expiryYears, rate, vol: VectorNumber

    enum CodingKeys: String, CodingKey {
      case name, regime, note, type, forward, strike, rate, vol
      case expiryYears = "expiry_years"
    }

    var greeks: Greeks {
      Black76.greeks(
        type, forward: forward.value, strike: strike.value, years: expiryYears.value, volatility: vol.value,
        rate: rate.value)
    }
  }

  struct Expectation: Decodable {
    var expected: [String: VectorNumber]
    var attainable: [String: Double]?

    enum CodingKeys: String, CodingKey {
      case expected
      case attainable = "attainable_abs"
    }
  }

  struct Answer: Decodable {
    var expected: String
  }

  var cases, limits, invalid: [Case]
  var caseValues, limitValues: [Expectation]
  var answers: [Answer]

  enum CodingKeys: String, CodingKey {
    case cases
    case limits = "exact_limits"
    case invalid = "invalid_inputs"
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    cases = try container.decode([Case].self, forKey: .cases)
    caseValues = try container.decode([Expectation].self, forKey: .cases)
    limits = try container.decode([Case].self, forKey: .limits)
    limitValues = try container.decode([Expectation].self, forKey: .limits)
    invalid = try container.decode([Case].self, forKey: .invalid)
    answers = try container.decode([Answer].self, forKey: .invalid)
  }

  static let black76 = try! JSONDecoder().decode(
    Self.self, from: Data(contentsOf: TestSupport.vectors("options/black76_price_greeks.json")))

  /// Options as columns, and their volatilities.
  static func columns(_ cases: [Case]) -> (OptionColumns, [Double]) {
    let options = OptionColumns(
      kinds: cases.map(\.type), forwards: cases.map(\.forward.value), strikes: cases.map(\.strike.value),
      years: cases.map(\.expiryYears.value), rates: cases.map(\.rate.value))
    return (options, cases.map(\.vol.value))
  }
}

extension Greeks {
  /// The price or a sensitivity by its name in files.
  func named(_ name: String) -> Double { name == "price" ? price : self[Name(rawValue: name)!] }
}

/// The same number, both NaN, or both zero.
func isSame(_ a: Double, _ b: Double) -> Bool { a == b || (a.isNaN && b.isNaN) }
