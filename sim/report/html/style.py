"""How a page looks: on a telephone, on a desk, on dark paper, and printed."""

from __future__ import annotations

from sim.report.html.colours import DARK, LIGHT

LIGHT_PAGE = (f"--paper: #f7f7f5; --card: {LIGHT}; --ink: #1c2127; --soft: #59616b; --line: #dcdfe3; --accent: #0b5a8c; "
              "--empty: #e3e6ea; --good: #1b6b3a; --bad: #a3300f;")
DARK_PAGE = (f"--paper: #12151a; --card: {DARK}; --ink: #e7eaee; --soft: #a3acb7; --line: #353c46; --accent: #86c8f2; "
             "--empty: #343b45; --good: #7fd09b; --bad: #ff9c7c;")

BASE = """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", Roboto, sans-serif; }
h1, h2, h3, .lede, .number { font-family: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", Georgia, serif; }
h1 { font-size: clamp(1.9rem, 5vw, 2.9rem); line-height: 1.12; margin: .2rem 0 .6rem; letter-spacing: -.01em; }
h2 { font-size: 1.6rem; line-height: 1.2; margin: 3.2rem 0 .6rem; scroll-margin-top: 1rem; }
h3 { font-size: 1.15rem; line-height: 1.3; margin: 1.8rem 0 .4rem; }
p, ul, dl { max-width: 44rem; margin: .6rem 0; } ul { padding-left: 1.2rem; } li { margin: .25rem 0; }
a { color: var(--accent); text-underline-offset: .15em; overflow-wrap: anywhere; }
a:focus-visible, summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font: .87em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .8rem 1rem; white-space: pre-wrap; }
.kicker { color: var(--soft); font-size: .85rem; letter-spacing: .04em; margin: 0; }
.lede { font-size: 1.2rem; line-height: 1.45; } ul.lede { list-style: none; padding: 0; }
.small, small { color: var(--soft); font-size: .84rem; }
.frame { max-width: 76rem; margin: 0 auto; padding: 1.6rem 1rem 4rem; } main { min-width: 0; }
nav { font-size: .9rem; margin: 0 0 1.4rem; } nav ol { list-style: none; margin: 0; padding: 0; columns: 9rem; }
nav li { margin: .3rem 0; } nav a { color: var(--soft); text-decoration: none; } nav a:hover { color: var(--accent); }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; top: .5rem; }
.aside { border-left: 3px solid var(--accent); padding: .1rem 0 .1rem .9rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: .9rem; margin: 1.2rem 0; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 1rem 1.1rem; break-inside: avoid; }
.card h3 { font: 600 .95rem/1.35 system-ui, sans-serif; margin: 0 0 .6rem; min-height: 2.7em; }
.card .body { display: flex; gap: 1rem; align-items: center; } .card p { margin: .3rem 0 0; }
.number { font-size: 2.5rem; line-height: 1; } .number small { display: block; font: .84rem/1.4 system-ui, sans-serif; }
.number.words { font-size: 1.5rem; }
.icons { width: 6.6rem; height: 6.6rem; flex: none; } .icons .empty { fill: var(--empty); }
dl div { display: grid; grid-template-columns: 9rem 1fr; gap: .2rem 1rem; padding: .3rem 0;
  border-bottom: 1px solid var(--line); }
dt { color: var(--soft); } dd { margin: 0; min-width: 0; }
.scroll { overflow-x: auto; margin: 1rem 0 1.6rem; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); font-size: .84rem; padding-bottom: .4rem; }
th, td { text-align: left; font-weight: 400; padding: .38rem .9rem .38rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; } tr > :last-child { padding-right: 0; }
thead th { color: var(--soft); font-size: .84rem; border-bottom: 1.5px solid var(--soft); vertical-align: bottom; }
tr.group th { font-weight: 600; padding-top: 1.3rem; border-bottom: 1.5px solid var(--line); }
.kept, td a { white-space: nowrap; }
h1 small { font-size: .6em; }
.pair .body > div { flex: 1; } .pair .icons { width: 5.6rem; height: 5.6rem; } .pair .number { margin-top: .4rem; }
th.n, td.n { text-align: right; } td.n { white-space: nowrap; } td a { font-size: .84rem; }
td small a { white-space: normal; font-size: inherit; }
td small, th small { display: block; white-space: normal; }
.strip { width: 7rem; height: 1.12rem; display: block; } .strip .axis { stroke: var(--line); stroke-width: 1; }
.strip .band { stroke: var(--accent); stroke-width: 2.4; opacity: .55; } .strip .dot { fill: var(--accent); }
.strip .base { fill: var(--card); stroke: var(--ink); stroke-width: 1.2; }
.bar { display: block; max-width: 100%; height: .7rem; background: var(--accent); border-radius: 1px;
  margin-top: .4rem; min-width: 1px; }
figure { margin: 1.4rem 0 1.8rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  padding: 1rem 1.1rem; break-inside: avoid; overflow-x: auto; }
th code, td code { overflow-wrap: break-word; } figure .title { margin: 0 0 .7rem; max-width: none; }
figure .title strong { display: block; font-size: 1.05rem; }
figure .title span { color: var(--soft); font-size: .92rem; }
figcaption { color: var(--soft); font-size: .84rem; max-width: 48rem; margin-top: .6rem; }
svg.picture { display: block; width: 100%; height: auto; font-family: system-ui, "Segoe UI", Roboto, sans-serif; }
svg.picture * { stroke-linejoin: round; stroke-linecap: butt; } svg.narrow { display: none; }
svg.spread text { paint-order: stroke; stroke: var(--card); stroke-width: 2.2px; }
details { margin: 1rem 0; } summary { cursor: pointer; color: var(--accent); padding: .3rem 0; }
.pass { color: var(--good); } .fail { color: var(--bad); font-weight: 600; } .shown { color: var(--soft); }
:target { background: color-mix(in srgb, var(--accent) 14%, transparent); }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: .84rem; }
"""

SCREENS = """
@media print, (min-width: 40rem) {
  .outcomes thead th:first-child, .differences thead th:first-child { width: 36%; }
  .outcomes thead th:nth-child(4) { width: 20%; } .outcomes td:nth-of-type(1) { min-width: 13.5rem; }
}
@media screen and (min-width: 68rem) {
  .frame.guided { display: grid; grid-template-columns: 12.5rem minmax(0, 1fr); gap: 3rem; padding-top: 2.6rem; }
  .guided nav ol { columns: 1; }
  .guided nav { position: sticky; top: 2.6rem; align-self: start; max-height: calc(100vh - 4rem); overflow-y: auto; margin: 0; }
}
@media screen and (max-width: 40rem) {
  .wide { display: none; } svg.wide { display: none; } svg.narrow { display: block; } figure { padding: .8rem .7rem; }
  th, td { padding-right: .6rem; } td.n { white-space: normal; } table { font-size: .88rem; } .card h3 { min-height: 0; }
  thead th { overflow-wrap: break-word; }
  .differences .kept { white-space: normal; } dl div { grid-template-columns: 1fr; } h2 { margin-top: 2.6rem; }
  .spread { min-width: 34rem; } svg.spread { min-width: 48rem; }
}
"""

PRINT = """
@media print {
  html { font-size: 9.6pt; } body { background: none; font-size: 1rem; } .frame { max-width: none; padding: 0; }
  nav, .skip { display: none; }
  h1 { font-size: 24pt; } h2 { font-size: 15pt; margin-top: 18pt; } h2, h3, caption, thead, .title { break-after: avoid; }
  h2 + *, h3 + * { break-before: avoid; } p, li { orphans: 3; widows: 3; } table { font-size: .9rem; }
  tr, .card, figure, dl div, pre { break-inside: avoid; } thead { display: table-header-group; }
  tr.group { break-after: avoid; } .scroll { overflow: visible; } a { color: inherit; text-decoration: none; }
  details:not([open]) { display: none; }
  .cards { grid-template-columns: repeat(3, 1fr); gap: 8pt; } .card { padding: 8pt; } .card h3 { font-size: 9pt; }
  .card .body { gap: 8pt; } .icons { width: 58pt; height: 58pt; } .number { font-size: 22pt; }
  svg.picture { max-height: 12cm; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; } :target { background: none; }
  footer { margin-top: 1.2rem; break-before: avoid; break-inside: avoid; }
}
"""


def sheet(light: str, dark: str, header: str) -> str:
    """The style sheet of a page.

    Parameters
    ----------
    light, dark : definitions of the colours of its pictures on either paper
    header : what stands at the head of each printed page
    """
    running = "".join(sign for sign in header if sign.isalnum() or sign in " ,.:;()-%'±")
    return (f":root {{ color-scheme: light dark; {LIGHT_PAGE} {light} }}\n"
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {DARK_PAGE} {dark} }} }}\n{BASE}{SCREENS}{PRINT}"
            f'@page {{ size: A4; margin: 20mm 17mm 18mm; '
            f'@top-left {{ content: "{running}"; font: 8pt sans-serif; color: #59616b; }}'
            f' @bottom-right {{ content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #59616b; }} }}\n')
