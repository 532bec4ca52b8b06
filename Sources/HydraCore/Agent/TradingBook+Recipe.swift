import HydraMarket

extension TradingBook.Settings {
  /// The settings under a recipe: limits and thresholds as the operator set them, or tighter where the recipe asks for it.
  public func under(_ recipe: Recipe) -> TradingBook.Settings {
    var settings = self
    if let share = recipe.orderFraction {
      settings.limits.maximumParticipation = min(limits.maximumParticipation, share)
    }
    if let threshold = recipe.entryThreshold { settings.sizing.costMargin = max(sizing.costMargin, threshold) }
    return settings
  }
}
