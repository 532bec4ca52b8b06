import HydraMarket
import HydraNumerics
import Testing

@Suite struct EventClockTests {
  @Test func theReplayClockNeverGoesBack() throws {
    var clock = ReplayClock(now: date("2014-01-02").timestamp())
    try clock.advance(to: date("2014-01-03").timestamp())
    try clock.advance(to: clock.now)
    #expect(clock.now == date("2014-01-03").timestamp())
    #expect(throws: ReplayClock.RunsBackward.self) { try clock.advance(to: date("2014-01-02").timestamp()) }
    #expect(clock.now == date("2014-01-03").timestamp())
  }
}
