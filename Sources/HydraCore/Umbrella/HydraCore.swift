@_exported import HydraAgent
@_exported import HydraConnect
@_exported import HydraLearning
@_exported import HydraMarket
@_exported import HydraNumerics
@_exported import HydraOptions
@_exported import HydraStore
