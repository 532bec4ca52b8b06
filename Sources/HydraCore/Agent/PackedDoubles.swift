import Foundation

/// Doubles that are coded as base64 of their little-endian bit patterns: exact, NaN included.
struct PackedDoubles: Codable, Hashable, Sendable {
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let data = try container.decode(Data.self)
    guard data.count % 8 == 0 else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(data.count) bytes are no doubles")
    }
    values = data.withUnsafeBytes { bytes in
      (0..<data.count / 8).map {
        Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)))
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    let data = values.map { $0.bitPattern.littleEndian }.withUnsafeBytes { Data($0) }
    var container = encoder.singleValueContainer()
    try container.encode(data)
  }
}
