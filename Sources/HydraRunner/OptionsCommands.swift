import ArgumentParser
import HydraCore

/// `hydra options`: option mathematics.
struct OptionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "options",
    abstract: "Price options, find the volatility in prices, fit smiles, find densities.",
    subcommands: [
      OptionsPriceCommand.self, OptionsVolatilityCommand.self,
      OptionsSmileCommand.self,
      OptionsDensityCommand.self,
      OptionsFlowsCommand.self,
      OptionsSurfaceCommand.self,
    ])
}
