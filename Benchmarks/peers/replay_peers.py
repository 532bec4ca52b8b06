#!/usr/bin/env python3
"""hftbacktest, vectorbt and databento-dbn beside hydra-bench replay, in turns on the same files.

usage: replay_peers.py HYDRA_BENCH DIR [--rounds 5] [--make]

DIR holds l2.csv, l3.csv, bars.csv and mbo.dbn as the README of Benchmarks describes; --make writes seeded ones. Needs
hftbacktest, vectorbt and databento-dbn, as far as they are installed; says so where one is missing. One thread each, by
processor time; the peers' compilation is called for once before the timing and reported apart.
"""
import argparse
import csv
import json
import os
import random
import statistics
import struct
import subprocess
import time

TICK = 0.25


def tick(price):
    return f"{price * TICK:.2f}"


def make(folder, count=1_100_000, bars=1_000_000, records=2_000_000):
    """A thin market of single orders, its levels, bars of a walk, and a DBN file of the orders."""
    draw = random.Random(7)
    orders, levels, live = {}, {1: {}, -1: {}}, []
    time_ns, mid, next_id, written = 1_700_000_000_000_000_000, 1400, 1, 0
    packed = bytearray()
    with open(f"{folder}/l3.csv", "w") as l3, open(f"{folder}/l2.csv", "w") as l2:
        l3.write("ts,kind,id,side,price,qty\n")
        l2.write("ts,kind,side,price,qty\n")
        lines = 0
        while written < count or lines < count:
            time_ns += draw.randrange(1_000_000, 120_000_000)
            if draw.random() < 0.01:
                mid += draw.choice((-1, 1))
            reached = [(s, p) for s in (1, -1) for p in levels[s] if (p >= mid if s == 1 else p <= mid)]
            chance = draw.random()
            if reached:
                side, price = reached[0]
                number = levels[side][price][0]
                lots, kind = orders[number][2], "exec"
            elif (chance < 0.42 or len(live) > 400) and live:
                place = draw.randrange(len(live))
                number = live[place]
                if number not in orders:
                    live[place] = live[-1]
                    live.pop()
                    continue
                side, price, left = orders[number]
                lots, kind = (draw.randint(1, left) if draw.random() < 0.2 else left), "del"
            elif chance < 0.52 and live:
                side = draw.choice((1, -1))
                if not levels[side]:
                    continue
                price = max(levels[side]) if side == 1 else min(levels[side])
                number = levels[side][price][0]
                lots, kind = draw.randint(1, orders[number][2]), "exec"
            else:
                side = draw.choice((1, -1))
                price, lots = mid - side * (1 + int(draw.expovariate(0.25))), draw.randint(1, 12)
                number, next_id, kind = next_id, next_id + 1, "add"
            name = "buy" if side == 1 else "sell"
            l3.write(f"{time_ns},{kind},{number},{name},{tick(price)},{lots}\n")
            if kind == "add":
                orders[number] = (side, price, lots)
                levels[side].setdefault(price, []).append(number)
                live.append(number)
            else:
                if kind == "exec":
                    l2.write(f"{time_ns},trade,{'sell' if side == 1 else 'buy'},{tick(price)},{lots}\n")
                    lines += 1
                left = orders[number][2] - lots
                if left <= 0:
                    del orders[number]
                    levels[side][price].remove(number)
                    if not levels[side][price]:
                        del levels[side][price]
                else:
                    orders[number] = (side, price, left)
            if len(packed) < records * 56:
                packed += struct.pack(
                    "<BBHIQQqIBBccQiI", 14, 0xA0, 1, 1, time_ns, number, round(price * TICK * 1e9), lots, 128, 0,
                    b"A" if kind == "add" else b"C", b"B" if side == 1 else b"A", time_ns, 0, written)
            written += 1
            rest = sum(orders[n][2] for n in levels[side].get(price, ()))
            l2.write(f"{time_ns},depth,{name},{tick(price)},{rest}\n")
            lines += 1
    with open(f"{folder}/mbo.dbn", "wb") as file:
        body = bytearray(b"GLBX.MDP3".ljust(16, b"\0") + struct.pack("<HQQQBBB", 0, 0, 2**64 - 1, 0, 255, 0, 0))
        body += struct.pack("<H", 71) + bytes(53) + struct.pack("<I", 0) + struct.pack("<IIII", 0, 0, 0, 0)
        body += bytes(-len(body) % 8)
        file.write(b"DBN\x03" + struct.pack("<I", len(body)) + body + packed)
    with open(f"{folder}/bars.csv", "w") as file:
        file.write("ts,open,high,low,close,volume\n")
        close, time_ns = 1400, 1_700_000_000_000_000_000
        for _ in range(bars):
            first = close + draw.randint(-1, 1)
            close = max(200, first + draw.randint(-4, 4))
            high, low = max(first, close) + draw.randint(0, 2), min(first, close) - draw.randint(0, 2)
            file.write(f"{time_ns},{tick(first)},{tick(high)},{tick(low)},{tick(close)},{draw.randint(0, 50)}\n")
            time_ns += 60_000_000_000


def rows(path):
    with open(path) as file:
        yield from csv.DictReader(file)


def hftbacktest_call(task, folder):
    """A function that runs the quoter once and returns its fills, with the number of events."""
    import numpy as np
    from hftbacktest import (ADD_ORDER_EVENT, BUY_EVENT, CANCEL_ORDER_EVENT, DEPTH_EVENT, EXCH_EVENT, FILL_EVENT, GTX,
                             LIMIT, LOCAL_EVENT, SELL_EVENT, TRADE_EVENT, MODIFY_ORDER_EVENT, BacktestAsset,
                             HashMapMarketDepthBacktest)
    from hftbacktest.types import event_dtype
    from numba import njit

    both = EXCH_EVENT | LOCAL_EVENT
    is_l3 = task == "l3_mm"
    events, left = [], {}
    for row in rows(f"{folder}/{'l3' if is_l3 else 'l2'}.csv"):
        side = BUY_EVENT if row["side"] == "buy" else SELL_EVENT
        price, lots, ts = float(row["price"]), float(row["qty"]), int(row["ts"])
        if not is_l3:
            kind = TRADE_EVENT if row["kind"] == "trade" else DEPTH_EVENT
            events.append((both | kind | side, ts, ts, price, lots, 0, 0, 0))
            continue
        number = int(row["id"])
        if row["kind"] == "add":
            left[number] = lots
            events.append((both | ADD_ORDER_EVENT | side, ts, ts, price, lots, number, 0, 0))
            continue
        if row["kind"] == "exec":
            events.append((both | FILL_EVENT | side, ts, ts, price, lots, number, 0, 0))
        left[number] -= lots
        kind = CANCEL_ORDER_EVENT if left[number] <= 0 else MODIFY_ORDER_EVENT
        events.append((both | kind | side, ts, ts, price, max(left[number], 0), number, 0, 0))
    data = np.array(events, dtype=event_dtype)

    @njit
    def quote(hbt):
        number, fills = 1, 0
        while hbt.elapse(60_000_000_000) == 0:
            hbt.clear_inactive_orders(0)
            orders = hbt.orders(0)
            values = orders.values()
            while values.has_next():
                order = values.get()
                if order.cancellable:
                    hbt.cancel(0, order.order_id, False)
            depth = hbt.depth(0)
            position = hbt.position(0)
            if depth.best_bid_tick > 0 and position < 5:
                hbt.submit_buy_order(0, number, depth.best_bid, 1.0, GTX, LIMIT, False)
                number += 1
            if depth.best_ask_tick < 2_000_000_000 and position > -5:
                hbt.submit_sell_order(0, number, depth.best_ask, 1.0, GTX, LIMIT, False)
                number += 1
        return hbt.state_values(0).num_trades

    def run():
        asset = (BacktestAsset().data([data]).linear_asset(1.0).constant_order_latency(1_000_000, 1_000_000)
                 .no_partial_fill_exchange().flat_per_trade_fee_model(1.0, 1.0).tick_size(TICK).lot_size(1.0))
        asset = asset.l3_fifo_queue_model() if is_l3 else asset.power_prob_queue_model2(2.0)
        hbt = HashMapMarketDepthBacktest([asset])
        start = time.process_time()
        trades = quote(hbt)
        seconds = time.process_time() - start
        hbt.close()
        return seconds, trades

    return run, len(data)


def vectorbt_call(folder):
    import numpy as np
    import vectorbt as vbt

    table = np.genfromtxt(f"{folder}/bars.csv", delimiter=",", names=True)
    close, first = table["close"], table["open"]

    def run():
        start = time.process_time()
        sums = np.cumsum(np.insert(close, 0, 0.0))
        slow, fast = np.full(len(close), np.nan), np.full(len(close), np.nan)
        slow[49:], fast[19:] = (sums[50:] - sums[:-50]) / 50, (sums[20:] - sums[:-20]) / 20
        above = fast > slow
        entries = np.append([False], above[:-1])
        folio = vbt.Portfolio.from_signals(first, entries=entries, exits=~entries, size=1.0, fixed_fees=1.0,
                                           init_cash=1e9, freq="1min")
        count = int(folio.orders.count())
        return time.process_time() - start, count

    return run, len(close)


def databento_call(folder):
    import databento_dbn

    with open(f"{folder}/mbo.dbn", "rb") as file:
        content = file.read()

    def run():
        start = time.process_time()
        decoder = databento_dbn.DBNDecoder()
        decoder.write(content)
        count = len(decoder.decode())
        return time.process_time() - start, count

    return run, (len(content) - 8) // 56


def hydra(bench, task, folder):
    made = subprocess.run([bench, "replay", task, folder, "--repeat", "1"], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(made.stdout + made.stderr)
    return json.loads(made.stdout.strip().split("\n")[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--tasks", default="l2_mm,l3_mm,bars_sma,dbn")
    options = parser.parse_args()
    if options.make:
        os.makedirs(options.folder, exist_ok=True)
        make(options.folder)
    calls = {"l2_mm": ("hftbacktest", hftbacktest_call), "l3_mm": ("hftbacktest", hftbacktest_call),
             "bars_sma": ("vectorbt", lambda _, folder: vectorbt_call(folder)),
             "dbn": ("databento-dbn", lambda _, folder: databento_call(folder))}
    print("| task | events | ours, M/s | peer | its M/s | ratio | our trades | its trades | its first call, s | our MB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for task in options.tasks.split(","):
        name, prepare = calls[task]
        peer, first = None, None
        try:
            peer, _ = prepare(task, options.folder)
            start = time.process_time()
            peer()
            first = time.process_time() - start
        except Exception as fault:  # a peer that is missing or fails does not stop the others
            peer, name = None, f"{name}: {type(fault).__name__} {str(fault)[:80]}"
        ours, theirs, made, trades = [], [], {}, None
        for _ in range(options.rounds):
            made = hydra(options.bench, task, options.folder)
            ours.append(made["events"] / made["cpu_s"] / 1e6)
            if peer:
                seconds, trades = peer()
                theirs.append(made["events"] / seconds / 1e6)
        best = statistics.median(ours)
        if theirs:
            ratio = statistics.median(a / b for a, b in zip(ours, theirs))
            print(f"| {task} | {made['events']} | {best:.1f} | {name} | {statistics.median(theirs):.2f} | {ratio:.1f} | "
                  f"{made['trades']} | {trades} | {first:.1f} | {made['rss_mb']:.0f} |", flush=True)
        else:
            print(f"| {task} | {made['events']} | {best:.1f} | {name} | - | - | {made['trades']} | - | - | "
                  f"{made['rss_mb']:.0f} |", flush=True)


if __name__ == "__main__":
    main()
