import HydraCore

extension Setting {
  /// The linear forecast beneath the trees.
  static var linear: [Setting] {
    [
      .word(
        "linear.use", \.linear.use,
        "the self-healing arm takes each week what it has learnt; fitted keeps what it was at the fit, none leaves it out"
      ),
      .number(
        "linear.shrinkage", \.linear.regression.shrinkage, 1...1e9,
        "a feature's daily correlation of 1 / √8000 = 0.011 is ordinary; larger pulls coefficients nearer to zero"),
      .number(
        "linear.long-half-life", \.linear.regression.longHalfLife, 20...1e6,
        "bars; beside it runs a memory that forgets nothing"),
      .number(
        "linear.short-half-life", \.linear.regression.shortHalfLife, 20...1e6,
        "bars; a year, for worlds that have just changed"),
    ]
  }
}
