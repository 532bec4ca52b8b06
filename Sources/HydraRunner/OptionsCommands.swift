import ArgumentParser
import HydraCore

/// `hydra options`: option mathematics.
struct OptionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "options",
    abstract: "Price options, find the volatility in prices, fit smiles.",
    subcommands: [
      OptionsPriceCommand.self, OptionsVolatilityCommand.self,
      OptionsSmileCommand.self,
    ])
}
