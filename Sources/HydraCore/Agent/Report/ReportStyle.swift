/// The look of the page: light and dark by the reader's setting, from a phone to a wide screen.
enum ReportStyle {
  static let css = """
    :root{--ground:#fff;--text:#1c2127;--faint:#5f6b7a;--rule:#dfe3e8;--panel:#f6f7f9;--healing:#0b6bcb;--frozen:#8a94a3;\
    --periodic:#c77700;--alarm:#d1345b;--good:#1f8a4c;--bad:#b3261e;color-scheme:light dark}
    @media (prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ee;--faint:#9aa6b5;--rule:#2c343d;\
    --panel:#1b2127;--healing:#5aa9ff;--frozen:#7d8896;--periodic:#f0a63c;--alarm:#ff6b8f;--good:#58c98a;--bad:#ff8a80}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:1040px;padding:24px 16px 64px;background:var(--ground);color:var(--text);\
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    h1{font-size:1.6rem;margin:0 0 4px}h2{font-size:1.15rem;margin:40px 0 8px}h3{font-size:1rem;margin:0}
    p{margin:8px 0}.faint{color:var(--faint);font-size:.9em}code{font-size:.85em;overflow-wrap:anywhere}
    .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--rule);white-space:nowrap}
    th:first-child,td:first-child{text-align:left}td.text,th.text{text-align:left;white-space:normal;min-width:16em}
    th{font-weight:600;color:var(--faint);font-size:.85em}
    svg{width:100%;height:auto;display:block;min-width:560px}.grid{stroke:var(--rule);stroke-width:1}
    .tick{fill:var(--faint);font-size:12px}.threshold{stroke:var(--alarm);stroke-width:1;stroke-dasharray:5 4}
    .line{fill:none;stroke-width:1.6;stroke-linejoin:round}
    .self_healing{stroke:var(--healing)}.frozen{stroke:var(--frozen)}.periodic{stroke:var(--periodic)}
    .mark{stroke:var(--ground);stroke-width:1}.mark.alarm{fill:var(--alarm)}.mark.promotion{fill:var(--good)}
    .mark.rollback{fill:var(--bad)}.mark.blocked{fill:var(--text)}
    .legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.88em;margin:4px 0}
    .legend span{display:inline-flex;align-items:center;gap:6px}
    .legend i{display:inline-block;width:18px;height:3px;background:currentColor}
    .legend b{font-weight:400;color:var(--text)}.legend .dot{width:9px;height:9px;border-radius:50%}
    details{border:1px solid var(--rule);border-radius:8px;margin:8px 0;background:var(--panel)}
    summary{cursor:pointer;padding:10px 14px;overflow-wrap:anywhere}details>div{padding:0 14px 12px}
    .promote{color:var(--good)}.reject,.failed{color:var(--bad)}.hold{color:var(--periodic)}

    """
}
