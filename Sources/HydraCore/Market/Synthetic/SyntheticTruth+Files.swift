import HydraNumerics

extension SyntheticTruth {
  /// The truth as tables under `truth/`.
  func files() -> [SyntheticFile] {
    [
      SyntheticFile(path: "truth/days.csv", bytes: dayTable()),
      SyntheticFile(path: "truth/jumps.csv", bytes: jumpTable()),
      SyntheticFile(path: "truth/shifts.csv", bytes: shiftTable()),
      SyntheticFile(path: "truth/effects.csv", bytes: effectTable()),
      SyntheticFile(path: "truth/faults.csv", bytes: faultTable()),
    ] + (smiles.isEmpty ? [] : [SyntheticFile(path: "truth/smiles.csv", bytes: smileTable())])
  }

  private func dayTable() -> [UInt8] {
    var text = FixedText(reserving: days.count * 110)
    text.append(
      "date,regime,drift,volatility,shift_drift,positions_drift,carry_drift,skew_drift,positions_feature,"
        + "carry_feature,skew_feature,spread_factor,makers\n")
    for day in days {
      text.append(day.date)
      text.append(",\(day.regime.rawValue)")
      for value in [
        day.drift, day.volatility, day.shiftDrift, day.positionsDrift, day.carryDrift, day.skewDrift,
        day.positionsFeature, day.carryFeature, day.skewFeature,
      ] {
        text.comma()
        text.append(value, decimals: 6)
      }
      text.comma()
      text.append(day.spreadFactor, decimals: 1)
      text.append(",\(day.makers)\n")
    }
    return text.bytes
  }

  private func jumpTable() -> [UInt8] {
    var text = FixedText()
    text.append("date,jump\n")
    for day in days where day.jump != 0 {
      text.append(day.date)
      text.comma()
      text.append(day.jump, decimals: 6)
      text.newline()
    }
    return text.bytes
  }

  private func shiftTable() -> [UInt8] {
    var text = FixedText()
    text.append("kind,date,until,size\n")
    for shift in shifts {
      text.append("\(shift.kind.rawValue),\(shift.date),\(shift.until.map(\.description) ?? ""),")
      text.append(shift.size, decimals: 6)
      text.newline()
    }
    return text.bytes
  }

  private func effectTable() -> [UInt8] {
    var text = FixedText()
    text.append("kind,file,column,information_coefficient,horizon,feature\n")
    for effect in effects {
      text.append("\(effect.kind.rawValue),\(effect.file),\"\(effect.column)\",")
      text.append(effect.informationCoefficient ?? .nan, decimals: 6)
      text.append(",\(effect.horizon),\"\(effect.feature)\"\n")
    }
    return text.bytes
  }

  private func smileTable() -> [UInt8] {
    var text = FixedText(reserving: smiles.count * 80)
    text.append("date,contract,expiry,forward,at_the_money,alpha,beta,rho,nu\n")
    for smile in smiles {
      text.append(smile.date)
      text.comma()
      text.append(contract: smile.contract)
      text.comma()
      text.append(smile.expiry)
      text.comma()
      text.append(smile.forward, decimals: 2)
      for (index, value) in [smile.atTheMoney, smile.alpha, 1, smile.rho, smile.nu].enumerated() {
        text.comma()
        text.append(value, decimals: index == 2 ? 0 : 6)
      }
      text.newline()
    }
    return text.bytes
  }

  private func faultTable() -> [UInt8] {
    var text = FixedText()
    text.append("kind,file,line,last_line,date,column,true_value\n")
    for fault in faults {
      text.append("\(fault.kind.rawValue),\(fault.file),\(fault.line),\(fault.lastLine),\(fault.date),")
      text.append("\"\(fault.column ?? "")\",\"\(fault.trueValue ?? "")\"\n")
    }
    return text.bytes
  }
}
