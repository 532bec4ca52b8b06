import HydraNumerics
import HydraOptions
import Testing

struct OptionQuotesTests {
  private func quotes(_ text: String) throws -> OptionQuotes {
    try OptionQuotes(CSVTable(bytes: Array(text.utf8), file: "oats.csv"))
  }

  @Test func columnsAreFoundByNameAndMissingFieldsAreNil() throws {
    let chain = try quotes(
      "ask,strike,type,bid,open_interest,last,age_seconds\n12.25,350,put,11.5,40,,\n0.5,400,call,0,,0.25,3600\n")
    #expect(chain.count == 2)
    #expect(chain[0] == OptionQuote(.put, strike: 350, bid: 11.5, ask: 12.25, openInterest: 40))
    #expect(chain[0].mid == 11.875)
    #expect(chain[0].spread == 0.75)
    #expect(chain[1] == OptionQuote(.call, strike: 400, ask: 0.5, lastPrice: 0.25, ageSeconds: 3600))
    #expect(chain[1].mid.isNaN && chain[1].spread == nil)
  }

  @Test func aStatedMidStandsInForTheSides() throws {
    let chain = try quotes("type,strike,mid,vol\ncall,350,3,0.31\n")
    #expect(chain[0].mid == 3)
    #expect(chain[0].volatility == 0.31)
  }

  @Test(arguments: [
    ("type,strike\ncall,abc\n", "oats.csv:2: column 'strike': 'abc' is not a number"),
    ("type,strike\ncall,350\nput,-1\n", "oats.csv:3: column 'strike': '-1' is not a positive number"),
    ("type,strike\ncall,\n", "oats.csv:2: column 'strike' is missing, a number is needed"),
    ("type,strike,bid\nC,350,1\n", "oats.csv:2: column 'type': 'C' is not call or put"),
    ("type,strike,bid\ncall,350,-2\n", "oats.csv:2: column 'bid': '-2' is not a number from 0 up"),
    ("type,strike,ask\ncall,350,inf\n", "oats.csv:2: column 'ask': 'inf' is not a number from 0 up"),
    ("type,bid\ncall,1\n", "oats.csv: has no column 'strike'; the columns are 'type', 'bid'"),
  ])
  func faultsNameFileLineColumnAndValue(text: String, message: String) throws {
    let fault = #expect(throws: CSVError.self) { try quotes(text) }
    #expect(fault?.description == message)
  }
}
