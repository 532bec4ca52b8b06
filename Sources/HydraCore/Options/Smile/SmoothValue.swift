/// A value with its first two derivatives by one variable; arithmetic follows the rules of calculus.
struct SmoothValue {
  var value: Double
  var slope = 0.0
  var curvature = 0.0

  /// The variable itself.
  static func variable(_ x: Double) -> Self { Self(value: x, slope: 1) }

  static func + (a: Self, b: Self) -> Self {
    Self(value: a.value + b.value, slope: a.slope + b.slope, curvature: a.curvature + b.curvature)
  }

  static func + (a: Self, b: Double) -> Self { Self(value: a.value + b, slope: a.slope, curvature: a.curvature) }

  static func * (a: Self, b: Self) -> Self {
    Self(
      value: a.value * b.value, slope: a.slope * b.value + a.value * b.slope,
      curvature: a.curvature * b.value + 2 * a.slope * b.slope + a.value * b.curvature)
  }

  static func * (a: Self, b: Double) -> Self {
    Self(value: a.value * b, slope: a.slope * b, curvature: a.curvature * b)
  }

  static func / (a: Self, b: Self) -> Self { a * b.mapped(1 / b.value, -1 / (b.value * b.value), 2 / b.cubed) }

  private var cubed: Double { value * value * value }

  /// f of this, given f, f' and f'' at the value.
  func mapped(_ f: Double, _ first: Double, _ second: Double) -> Self {
    Self(value: f, slope: first * slope, curvature: second * slope * slope + first * curvature)
  }
}
