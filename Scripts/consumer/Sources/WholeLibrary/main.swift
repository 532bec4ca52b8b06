import HydraCore

var detector = ADWIN(delta: 0.002)
var random = CounterRandom(seed: 7, stream: "consumer")
for index in 0..<2_000 where detector.update(random.normal() + (index < 1_000 ? 0 : 1)) == .drift {
  print("drift at \(index)")
  break
}
