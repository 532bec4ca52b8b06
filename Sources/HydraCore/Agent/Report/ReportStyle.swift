/// The look of the page: light and dark by the reader's setting, from a phone to a wide screen.
enum ReportStyle {
  static let css = """
    :root{--ground:#fff;--text:#1c2127;--faint:#5f6b7a;--rule:#dfe3e8;--panel:#f6f7f9;--healing:#0b6bcb;--frozen:#8a94a3;\
    --periodic:#c77700;--alarm:#d1345b;--good:#1f8a4c;--bad:#b3261e;--f0:#0b6bcb;--f1:#c77700;--f2:#1f8a4c;--f3:#a13bb5;\
    --f4:#d1345b;--f5:#64748b;color-scheme:light dark}
    @media (prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ee;--faint:#9aa6b5;--rule:#2c343d;\
    --panel:#1b2127;--healing:#5aa9ff;--frozen:#7d8896;--periodic:#f0a63c;--alarm:#ff6b8f;--good:#58c98a;--bad:#ff8a80;\
    --f0:#5aa9ff;--f1:#f0a63c;--f2:#58c98a;--f3:#d68cf0;--f4:#ff6b8f;--f5:#a3b1c2}}
    *{box-sizing:border-box}
    body{margin:0 auto;max-width:1040px;padding:24px 16px 64px;background:var(--ground);color:var(--text);\
    font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
    h1{font-size:1.6rem;margin:0 0 4px}h2{font-size:1.15rem;margin:40px 0 8px}
    p,ol{margin:8px 0}ol{padding-left:22px}.faint{color:var(--faint);font-size:.9em}
    code{font-size:.85em;overflow-wrap:anywhere}small{font-size:.9em}
    .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
    th,td{text-align:right;padding:5px 10px;border-bottom:1px solid var(--rule);white-space:nowrap;vertical-align:top}
    th:first-child,td:first-child{text-align:left;padding-left:0}
    td.text,th.text{text-align:left;white-space:normal;min-width:12em}
    th{font-weight:600;color:var(--faint);font-size:.85em}tr.checks td{white-space:normal;padding-top:0}
    figure{margin:12px 0 0;container-type:inline-size}figcaption{color:var(--faint);font-size:.88em;margin-bottom:12px}
    .plot{position:relative;margin:0 20px 26px 64px}.plot svg,.strip svg{position:absolute;inset:0;width:100%;height:100%;\
    overflow:visible}
    .plot span,.years span{position:absolute;font-size:12px;line-height:14px;color:var(--faint);white-space:nowrap}
    .y{right:calc(100% + 8px);transform:translateY(-50%)}.x{top:calc(100% + 7px);transform:translateX(-50%)}
    .wide{display:none}@container (min-width:800px){.wide{display:block}}
    path{vector-effect:non-scaling-stroke}.grid{stroke:var(--rule);stroke-width:1}
    .threshold{stroke:var(--alarm);stroke-width:1;stroke-dasharray:5 4}
    .line{fill:none;stroke-width:1.6;stroke-linejoin:round}
    .self_healing{stroke:var(--healing)}.frozen{stroke:var(--frozen)}.periodic{stroke:var(--periodic)}
    .band{stroke:none;fill:var(--healing);opacity:.16}.area{fill:var(--healing);opacity:.75}
    .f0{stroke:var(--f0)}.f1{stroke:var(--f1)}.f2{stroke:var(--f2)}.f3{stroke:var(--f3)}.f4{stroke:var(--f4)}\
    .f5{stroke:var(--f5)}
    .mark{position:absolute;width:9px;height:9px;border-radius:50%;transform:translate(-50%,-50%);background:var(--alarm)}
    .mark.blocked{background:var(--text)}.mark.promotion,.mark.rollback{width:14px;height:11px;border-radius:0}
    .mark.promotion{background:var(--good);clip-path:polygon(50% 0,100% 100%,0 100%);transform:translate(-50%,-180%)}
    .mark.rollback{background:var(--bad);clip-path:polygon(0 0,100% 0,50% 100%);transform:translate(-50%,80%)}
    .legend{display:flex;flex-wrap:wrap;gap:4px 18px;font-size:.88em;margin:4px 0}
    .legend span{display:inline-flex;align-items:center;gap:6px}
    .legend i{display:inline-block;width:18px;height:3px;background:currentColor}
    .legend b{font-weight:400;color:var(--text)}.legend .dot{width:9px;height:9px;border-radius:50%}
    .legend .up,.legend .down{width:12px;border-radius:0;clip-path:polygon(50% 0,100% 100%,0 100%)}
    .legend .down{clip-path:polygon(0 0,100% 0,50% 100%)}.legend .area{height:10px;opacity:.25}
    .columns>section{min-width:0}
    .streams{display:grid;grid-template-columns:minmax(90px,auto) 1fr 44px;gap:10px 12px;align-items:center;\
    font-size:.88em;container-type:inline-size;padding-bottom:26px}
    .strip{position:relative;height:30px;border-bottom:1px solid var(--rule)}
    .peak{text-align:right;font-variant-numeric:tabular-nums}.years{position:relative;grid-column:2;height:0}
    .years .x{top:-2px}
    @media (max-width:560px){.streams{grid-template-columns:1fr 44px;gap:2px 12px}.name{grid-column:1/3;margin-top:6px}\
    .years{grid-column:1}.plot{margin-left:52px}}
    @media (min-width:1600px){body{max-width:1800px}.columns{display:grid;grid-template-columns:1fr 1fr;gap:0 48px}}
    @media (min-width:2300px){body{max-width:2240px;font-size:16px}}
    .b1,.b2,.b3,.b4{fill:var(--healing)}.a1,.a2,.a3,.a4{fill:var(--periodic)}.b1,.a1{opacity:.22}.b2,.a2{opacity:.45}\
    .b3,.a3{opacity:.7}.b4,.a4{opacity:1}.own{fill:none;stroke:var(--text);stroke-width:2}
    .mark.fill{background:var(--good);border:2px solid var(--ground);width:13px;height:13px}
    .mark.taken{background:var(--alarm);border:2px solid var(--ground);width:13px;height:13px;border-radius:0}
    .legend .box{height:12px;width:12px}
    details{border:1px solid var(--rule);border-radius:8px;margin:8px 0;background:var(--panel)}
    summary{cursor:pointer;padding:10px 14px;overflow-wrap:anywhere}details>div{padding:0 14px 12px}
    .move{padding:4px 14px}.chip{display:inline-block;border:1px solid var(--rule);border-radius:10px;padding:0 8px;\
    margin:2px 4px 2px 0;font-size:.85em}.chip.good{color:var(--good)}.chip.bad{color:var(--bad)}
    .promote{color:var(--good)}.reject,.failed{color:var(--bad)}.hold{color:var(--periodic)}

    """
}
