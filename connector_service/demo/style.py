"""The report's style sheet: light and dark by the reader's own setting, readable on paper too."""

STYLE = """
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #fff; --ink: #1b2430; --muted: #5a6675; --line: #dfe4ea; --track: #edf0f4;
  --main: #2563b0; --pale: #a9c8ec; --warn: #b45309; --bad: #b42318; --bad-bg: #fdecea; --good: #1a7f4b;
  --good-bg: #e6f4ec; --c1: #2563b0; --c2: #0f8a7e; --c3: #b45309; --c4: #7a4fb5; --c5: #b83280; --c6: #5f6f1e;
  --c7: #64748b }
@media (prefers-color-scheme: dark) { :root {
  --page: #12161c; --card: #1a2029; --ink: #e6eaf0; --muted: #9aa7b6; --line: #2c3542; --track: #252d38;
  --main: #5b9bea; --pale: #2d4a6d; --warn: #eaa04b; --bad: #f08a80; --bad-bg: #3a1f1d; --good: #5cc78f;
  --good-bg: #173226; --c1: #5b9bea; --c2: #3fbfb0; --c3: #eaa04b; --c4: #b08be8; --c5: #ec7fb6; --c6: #b3c25a;
  --c7: #94a3b8 } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif }
main { max-width: 1040px; margin: 0 auto; padding: 2.5rem 1.25rem 4rem }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em }
h2 { font-size: 1.2rem; margin: 0 0 .2rem }
p { margin: 0 0 .6rem; max-width: 84ch }
small, .muted { color: var(--muted) }
small { font-size: .82em }
code { font: .88em ui-monospace, "SF Mono", Menlo, Consolas, monospace }
.verdict { display: inline-block; padding: .2rem .7rem; border-radius: 1rem; font-weight: 600; margin-bottom: .8rem }
.verdict.good { color: var(--good); background: var(--good-bg) }
.verdict.bad { color: var(--bad); background: var(--bad-bg) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: .75rem; padding: 0;
  margin: 1.4rem 0 1.6rem; list-style: none }
.tiles li, section { background: var(--card); border: 1px solid var(--line); border-radius: 12px }
.tiles li { padding: .8rem 1rem }
.tiles b { display: block; font-size: 1.7rem; line-height: 1.2; font-variant-numeric: tabular-nums }
section { padding: 1.3rem 1.4rem 1.4rem; margin-bottom: 1.1rem }
.chart { list-style: none; margin: 1rem 0 0; padding: 0; display: grid; gap: .5rem }
.chart li { display: grid; grid-template-columns: 11.5rem 1fr 11.5rem; gap: .9rem; align-items: center }
.bar { width: 100%; height: 1.25rem; border-radius: 5px; display: block }
.value { font-variant-numeric: tabular-nums; font-weight: 600 }
.value small { font-weight: 400; margin-left: .4rem }
.value .warn-text { color: var(--warn) }
.track { fill: var(--track) } .main { fill: var(--main) } .pale { fill: var(--pale) } .warn { fill: var(--warn) }
.c1 { fill: var(--c1) } .c2 { fill: var(--c2) } .c3 { fill: var(--c3) } .c4 { fill: var(--c4) }
.c5 { fill: var(--c5) } .c6 { fill: var(--c6) } .c7 { fill: var(--c7) }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .3rem 1.1rem; padding: 0; margin: .7rem 0 0;
  font-size: .9rem; color: var(--muted) }
.legend i { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .4rem;
  vertical-align: -1px; background: var(--main) }
i.pale { background: var(--pale) } i.warn { background: var(--warn) }
i.c1 { background: var(--c1) } i.c2 { background: var(--c2) } i.c3 { background: var(--c3) }
i.c4 { background: var(--c4) } i.c5 { background: var(--c5) } i.c6 { background: var(--c6) }
i.c7 { background: var(--c7) }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin-top: .8rem; font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .45rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
th { font-size: .85rem; color: var(--muted); font-weight: 600 }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
td.wide { width: 40%; min-width: 140px }
tbody tr:last-child > * { border-bottom: 0 }
tbody th { color: var(--ink); font-size: 1rem }
.checks { list-style: none; padding: 0; margin: .9rem 0 0 }
.checks > li { display: grid; grid-template-columns: 4.4rem 1fr; gap: .8rem; padding: .5rem 0;
  border-top: 1px solid var(--line) }
.checks > li:first-child { border-top: 0 }
.mark { font-size: .8rem; font-weight: 700; text-align: center; border-radius: 6px; padding: .15rem 0;
  height: 1.7rem }
.mark.good { color: var(--good); background: var(--good-bg) }
.mark.bad { color: var(--bad); background: var(--bad-bg) }
.checks ul { margin: .3rem 0 0; padding-left: 1.1rem; color: var(--bad); font-size: .92rem }
summary { cursor: pointer }
summary:focus-visible { outline: 2px solid var(--main); outline-offset: 3px; border-radius: 4px }
.story { border-top: 1px solid var(--line); padding: .8rem 0 }
.story > summary { padding: .1rem 0 }
.story-title { font-weight: 600 }
.story > p { margin: .5rem 0 1rem; color: var(--muted) }
.story ol { list-style: none; margin: 0; padding: 0 }
.story li { display: grid; grid-template-columns: 6.6rem 1fr; gap: 1.5rem; position: relative; padding-bottom: .9rem }
.story li::before { content: ""; position: absolute; left: 7.2rem; top: .5rem; bottom: -.5rem; width: 2px;
  background: var(--line) }
.story li:last-child::before { display: none }
.story li::after { content: ""; position: absolute; left: calc(7.2rem - 4px); top: .45rem; width: 10px; height: 10px;
  border-radius: 50%; background: var(--main); box-shadow: 0 0 0 3px var(--card) }
.story li.bad::after { background: var(--bad) }
.story li.minor::after { background: var(--muted); width: 6px; height: 6px; left: calc(7.2rem - 2px); top: .55rem }
.story li > div { padding-left: .9rem; min-width: 0 }
.story time { text-align: right; font-variant-numeric: tabular-nums; font-size: .88rem; line-height: 1.3 }
.story li p { margin: 0 }
.story .minor .why { color: var(--muted) }
.story .minor b { font-weight: 500 }
.story li details { color: var(--muted); font-size: .88rem }
.story li summary b { color: var(--ink); font-weight: 600 }
.chip { display: inline-block; border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55rem;
  font-size: .82rem; background: var(--page) }
.chip.bad { color: var(--bad); border-color: currentColor; background: var(--bad-bg) }
.arrow { color: var(--muted) }
pre { overflow-x: auto; background: var(--page); border-radius: 8px; padding: .7rem; font-size: .8rem; margin: .4rem 0 }
footer { color: var(--muted); font-size: .88rem; margin-top: 1.5rem }
@media (max-width: 640px) {
  .chart li { grid-template-columns: 1fr auto; gap: .1rem .8rem }
  .chart .bar { grid-row: 2; grid-column: 1 / -1 }
  .story li { grid-template-columns: 1fr; gap: .1rem; padding-left: 1.2rem }
  .story time { text-align: left }
  .story time br { display: none }
  .story time small { margin-left: .5rem }
  .story li > div { padding-left: 0 }
  .story li::before { left: 4px } .story li::after { left: 0 } .story li.minor::after { left: 2px } }
@media print { body { background: none } section, .tiles li { break-inside: avoid } }
"""
