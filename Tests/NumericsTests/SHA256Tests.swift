import HydraNumerics
import Testing

@Suite struct SHA256Tests {
  /// NIST's examples for FIPS 180-4, and the empty message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `The digest of NIST's messages is NIST's`(message: String, expected: String) {
    #expect(SHA256.hash(message) == expected)
  }

  @Test func `A million letters give NIST's digest`() {
    #expect(
      SHA256.hash(repeatElement(UInt8(ascii: "a"), count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `Pieces of any length give the digest of the whole`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let whole = SHA256.hash(bytes)
    for size in [1, 3, 55, 56, 63, 64, 65, 127, 500] {
      var digest = SHA256()
      var start = 0
      while start < bytes.count {
        digest.update(bytes[start..<min(start + size, bytes.count)])
        _ = digest.hex()
        start += size
      }
      #expect(digest.hex() == whole)
    }
  }
}
