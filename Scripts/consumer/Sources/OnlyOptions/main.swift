import HydraOptions

print(Black76.price(.call, forward: 100, strike: 100, years: 1, volatility: 0.2))
