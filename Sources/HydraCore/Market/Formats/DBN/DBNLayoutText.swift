/// Where each field of a DBN record stands, as `offset:name:type`; offsets count from the record's header.
///
/// Types: `u8 … u64`, `i8 … i64`, `c` one character, `char[n]` text padded with NUL. Fields whose names begin with `_`
/// are reserved.
///
/// Source: Databento, "DBN encoding", https://databento.com/docs/standards-and-conventions/databento-binary-encoding.
enum DBNLayoutText {
  static let mbo = """
    16:order_id:u64 24:price:i64 32:size:u32 36:flags:u8 37:channel_id:u8 38:action:c 39:side:c 40:ts_recv:u64
    48:ts_in_delta:i32 52:sequence:u32
    """

  static let trades = """
    16:price:i64 24:size:u32 28:action:c 29:side:c 30:flags:u8 31:depth:u8 32:ts_recv:u64 40:ts_in_delta:i32
    44:sequence:u32
    """

  static let bookLevel = """
    16:price:i64 24:size:u32 28:action:c 29:side:c 30:flags:u8 31:depth:u8 32:ts_recv:u64 40:ts_in_delta:i32
    44:sequence:u32 48:bid_px_00:i64 56:ask_px_00:i64 64:bid_sz_00:u32 68:ask_sz_00:u32 72:bid_ct_00:u32
    76:ask_ct_00:u32
    """

  static let bestQuote = """
    16:price:i64 24:size:u32 28:_r1:u8 29:side:c 30:flags:u8 31:_r2:u8 32:ts_recv:u64 40:_r3:char[4] 44:sequence:u32
    48:bid_px_00:i64 56:ask_px_00:i64 64:bid_sz_00:u32 68:ask_sz_00:u32 72:bid_ct_00:u32 76:ask_ct_00:u32
    """

  static let bar = """
    16:open:i64 24:high:i64 32:low:i64 40:close:i64 48:volume:u64
    """

  static let status = """
    16:ts_recv:u64 24:action:u16 26:reason:u16 28:trading_event:u16 30:is_trading:c 31:is_quoting:c
    32:is_short_sell_restricted:c 33:_r:char[7]
    """

  static let statistics1 = """
    16:ts_recv:u64 24:ts_ref:u64 32:price:i64 40:quantity:i32 44:sequence:u32 48:ts_in_delta:i32 52:stat_type:u16
    54:channel_id:u16 56:update_action:u8 57:stat_flags:u8 58:_r:char[6]
    """

  static let statistics3 = """
    16:ts_recv:u64 24:ts_ref:u64 32:price:i64 40:quantity:i64 48:sequence:u32 52:ts_in_delta:i32 56:stat_type:u16
    58:channel_id:u16 60:update_action:u8 61:stat_flags:u8 62:_r:char[18]
    """

  static let definition1 = """
    16:ts_recv:u64 24:min_price_increment:i64 32:display_factor:i64 40:expiration:u64 48:activation:u64
    56:high_limit_price:i64 64:low_limit_price:i64 72:max_price_variation:i64 80:trading_reference_price:i64
    88:unit_of_measure_qty:i64 96:min_price_increment_amount:i64 104:price_ratio:i64 112:inst_attrib_value:i32
    116:underlying_id:u32 120:raw_instrument_id:u32 124:market_depth_implied:i32 128:market_depth:i32
    132:market_segment_id:u32 136:max_trade_vol:u32 140:min_lot_size:i32 144:min_lot_size_block:i32
    148:min_lot_size_round_lot:i32 152:min_trade_vol:u32 156:_r2:char[4] 160:contract_multiplier:i32
    164:decay_quantity:i32 168:original_contract_size:i32 172:_r3:char[4] 176:trading_reference_date:u16
    178:appl_id:i16 180:maturity_year:u16 182:decay_start_date:u16 184:channel_id:u16 186:currency:char[4]
    190:settl_currency:char[4] 194:secsubtype:char[6] 200:raw_symbol:char[22] 222:group:char[21]
    243:exchange:char[5] 248:asset:char[7] 255:cfi:char[7] 262:security_type:char[7] 269:unit_of_measure:char[31]
    300:underlying:char[21] 321:strike_price_currency:char[4] 325:instrument_class:c 326:_r4:char[2]
    328:strike_price:i64 336:_r5:char[6] 342:match_algorithm:c 343:md_security_trading_status:u8
    344:main_fraction:u8 345:price_display_format:u8 346:settl_price_type:u8 347:sub_fraction:u8
    348:underlying_product:u8 349:security_update_action:c 350:maturity_month:u8 351:maturity_day:u8
    352:maturity_week:u8 353:user_defined_instrument:c 354:contract_multiplier_unit:i8 355:flow_schedule_type:i8
    356:tick_rule:u8 357:_r6:char[3]
    """

  static let definition2 = """
    16:ts_recv:u64 24:min_price_increment:i64 32:display_factor:i64 40:expiration:u64 48:activation:u64
    56:high_limit_price:i64 64:low_limit_price:i64 72:max_price_variation:i64 80:trading_reference_price:i64
    88:unit_of_measure_qty:i64 96:min_price_increment_amount:i64 104:price_ratio:i64 112:strike_price:i64
    120:inst_attrib_value:i32 124:underlying_id:u32 128:raw_instrument_id:u32 132:market_depth_implied:i32
    136:market_depth:i32 140:market_segment_id:u32 144:max_trade_vol:u32 148:min_lot_size:i32
    152:min_lot_size_block:i32 156:min_lot_size_round_lot:i32 160:min_trade_vol:u32 164:contract_multiplier:i32
    168:decay_quantity:i32 172:original_contract_size:i32 176:trading_reference_date:u16 178:appl_id:i16
    180:maturity_year:u16 182:decay_start_date:u16 184:channel_id:u16 186:currency:char[4]
    190:settl_currency:char[4] 194:secsubtype:char[6] 200:raw_symbol:char[71] 271:group:char[21]
    292:exchange:char[5] 297:asset:char[7] 304:cfi:char[7] 311:security_type:char[7] 318:unit_of_measure:char[31]
    349:underlying:char[21] 370:strike_price_currency:char[4] 374:instrument_class:c 375:match_algorithm:c
    376:md_security_trading_status:u8 377:main_fraction:u8 378:price_display_format:u8 379:settl_price_type:u8
    380:sub_fraction:u8 381:underlying_product:u8 382:security_update_action:c 383:maturity_month:u8
    384:maturity_day:u8 385:maturity_week:u8 386:user_defined_instrument:c 387:contract_multiplier_unit:i8
    388:flow_schedule_type:i8 389:tick_rule:u8 390:_r:char[10]
    """

  static let definition3 = """
    16:ts_recv:u64 24:min_price_increment:i64 32:display_factor:i64 40:expiration:u64 48:activation:u64
    56:high_limit_price:i64 64:low_limit_price:i64 72:max_price_variation:i64 80:unit_of_measure_qty:i64
    88:min_price_increment_amount:i64 96:price_ratio:i64 104:strike_price:i64 112:raw_instrument_id:u64
    120:leg_price:i64 128:leg_delta:i64 136:inst_attrib_value:i32 140:underlying_id:u32 144:market_depth_implied:i32
    148:market_depth:i32 152:market_segment_id:u32 156:max_trade_vol:u32 160:min_lot_size:i32
    164:min_lot_size_block:i32 168:min_lot_size_round_lot:i32 172:min_trade_vol:u32 176:contract_multiplier:i32
    180:decay_quantity:i32 184:original_contract_size:i32 188:leg_instrument_id:u32
    192:leg_ratio_price_numerator:i32 196:leg_ratio_price_denominator:i32 200:leg_ratio_qty_numerator:i32
    204:leg_ratio_qty_denominator:i32 208:leg_underlying_id:u32 212:appl_id:i16 214:maturity_year:u16
    216:decay_start_date:u16 218:channel_id:u16 220:leg_count:u16 222:leg_index:u16 224:currency:char[4]
    228:settl_currency:char[4] 232:secsubtype:char[6] 238:raw_symbol:char[71] 309:group:char[21]
    330:exchange:char[5] 335:asset:char[11] 346:cfi:char[7] 353:security_type:char[7] 360:unit_of_measure:char[31]
    391:underlying:char[21] 412:strike_price_currency:char[4] 416:leg_raw_symbol:char[71] 487:instrument_class:c
    488:match_algorithm:c 489:main_fraction:u8 490:price_display_format:u8 491:sub_fraction:u8
    492:underlying_product:u8 493:security_update_action:c 494:maturity_month:u8 495:maturity_day:u8
    496:maturity_week:u8 497:user_defined_instrument:c 498:contract_multiplier_unit:i8 499:flow_schedule_type:i8
    500:tick_rule:u8 501:leg_instrument_class:c 502:leg_side:c 503:_r:char[17]
    """

  static let mapping1 = """
    16:stype_in_symbol:char[22] 38:stype_out_symbol:char[22] 60:_r:char[4] 64:start_ts:u64 72:end_ts:u64
    """

  static let mapping2 = """
    16:stype_in:u8 17:stype_in_symbol:char[71] 88:stype_out:u8 89:stype_out_symbol:char[71] 160:start_ts:u64
    168:end_ts:u64
    """

  static let error1 = """
    16:err:char[64]
    """

  static let error2 = """
    16:err:char[302] 318:code:u8 319:is_last:u8
    """

  static let system1 = """
    16:msg:char[64]
    """

  static let system2 = """
    16:msg:char[303] 319:code:u8
    """
}
