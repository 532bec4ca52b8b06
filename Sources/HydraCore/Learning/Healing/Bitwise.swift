/// Numbers that are coded by their bits, so that a missing one (NaN) survives JSON.
@propertyWrapper
struct Bitwise: Hashable, Codable, Sendable {
  var wrappedValue: [Double]

  init(wrappedValue: [Double]) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode([UInt64].self).map(Double.init(bitPattern:))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue.map(\.bitPattern))
  }
}
