import ArgumentParser
import HydraCore

/// `hydra options`: option mathematics.
struct OptionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "options",
    abstract: "Price options, and find the volatility in prices.",
    subcommands: [OptionsPriceCommand.self, OptionsVolatilityCommand.self])
}
