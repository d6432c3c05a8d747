"""The look of the report: one style sheet, system fonts, light and dark, screen, phone and paper.

What does not belong here: any element of the page.
"""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root{color-scheme:light dark;
--paper:#fff;--back:#f4f5f7;--ink:#1b2430;--soft:#566173;--line:#e2e6ec;--faint:#f0f2f5;
--accent:#1f5f8b;--accent-soft:#d9e7f1;--good:#17693f;--good-soft:#e3f3ea;--warn:#8a4b00;--warn-soft:#fdf0dc;
--bad:#a3211b;--bad-soft:#fbe6e4;--goal:#5d6878;
--s0:#2b6591;--s1:#3d9389;--s2:#d19a33;--s3:#8465ad;--s4:#bf5b42;--s5:#8b96a6}
@media (prefers-color-scheme:dark){:root{
--paper:#1a212b;--back:#11161d;--ink:#e8ecf1;--soft:#a3aebd;--line:#2e3845;--faint:#222b37;
--accent:#74b3dc;--accent-soft:#24425a;--good:#7ed3a4;--good-soft:#173426;--warn:#f0b567;--warn-soft:#3a2a12;
--bad:#f59a93;--bad-soft:#41201e;--goal:#a3aebd;
--s0:#5a9bc9;--s1:#5bb5aa;--s2:#dbab52;--s3:#a78bcc;--s4:#d98069;--s5:#8b96a6}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--back);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
main,header,footer{max-width:1096px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
h1{font-size:30px;line-height:1.2;margin:0;letter-spacing:-.015em;overflow-wrap:anywhere}
h2{font-size:23px;line-height:1.25;margin:0 0 4px;letter-spacing:-.01em}
h3{font-size:16px;margin:0 0 2px}
p{margin:0 0 12px;max-width:78ch;text-wrap:pretty}
a{color:var(--accent)}
.meta{color:var(--soft);margin:4px 0 0}
nav{display:flex;flex-wrap:wrap;gap:8px;margin:20px 0 0}
nav a{text-decoration:none;font-size:14px;padding:5px 12px;border:1px solid var(--line);border-radius:99px;
background:var(--paper);color:var(--ink)}
nav a:hover{border-color:var(--accent);color:var(--accent)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px;border-radius:4px}
section{margin:52px 0 0;scroll-margin-top:12px}
.lede{color:var(--soft);margin-bottom:18px}
.panel{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:20px 22px;margin:0 0 16px;
min-width:0}
.panel>:last-child{margin-bottom:0}
.panel>h3{margin-bottom:8px}
.panel>p.sub{color:var(--soft);font-size:14px;margin:-6px 0 14px}
.code{white-space:nowrap}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}
.verdict{display:flex;gap:16px;border-radius:12px;padding:20px 22px;margin:24px 0 16px;border:1px solid}
.verdict .mark{flex:none;width:38px;height:38px;border-radius:50%;display:grid;place-items:center;color:var(--paper);
font-weight:700;font-size:20px;line-height:1}
.verdict h2{margin:4px 0 4px}
.verdict p{margin:0;color:var(--ink)}
.verdict.good{background:var(--good-soft);border-color:var(--good)}
.verdict.attention{background:var(--warn-soft);border-color:var(--warn)}
.verdict.bad{background:var(--bad-soft);border-color:var(--bad)}
.verdict.good .mark{background:var(--good)}.verdict.attention .mark{background:var(--warn)}
.verdict.bad .mark{background:var(--bad)}
.verdict.plain{background:var(--paper);border-color:var(--line)}.verdict.plain .mark{background:var(--soft)}
.short{margin:0;padding-left:20px}.short li{margin:0 0 6px;max-width:80ch}.short li:last-child{margin:0}
.cards{display:grid;grid-template-columns:repeat(3,1fr);gap:16px}
.card{background:var(--paper);border:1px solid var(--line);border-radius:12px;padding:18px 20px 12px;min-width:0;
display:flex;flex-direction:column}
.card h3{font-size:14px;font-weight:600;color:var(--soft);display:flex;justify-content:space-between;gap:8px;
min-height:30px;align-items:flex-start}
.card .figure{font-size:34px;line-height:1.15;font-weight:650;letter-spacing:-.02em;margin:0;white-space:nowrap}
.card .figure.words{font-size:22px;color:var(--soft);font-weight:500}
.card .figure small{font-size:15px;font-weight:400;color:var(--soft);letter-spacing:0;margin-left:6px}
.card .period{font-size:14px;color:var(--soft);margin:2px 0 8px;min-height:21px}
.chip{display:inline-block;font-size:13px;line-height:1.3;font-weight:600;padding:3px 10px;border-radius:99px;
background:var(--faint);color:var(--soft);margin:0 0 10px}
.chip.good{background:var(--good-soft);color:var(--good)}
.chip.attention{background:var(--warn-soft);color:var(--warn)}
.chip.bad{background:var(--bad-soft);color:var(--bad)}
.card details{margin-top:auto}
details{font-size:14px}
details>summary{cursor:pointer;color:var(--accent);padding:6px 0;width:fit-content}
details[open]>summary{margin-bottom:6px}
.panel>details{border-top:1px solid var(--line);margin-top:16px;padding-top:6px}
dl{margin:0 0 8px}
dt{color:var(--soft);font-size:13px}
dd{margin:0 0 6px;overflow-wrap:anywhere}
.formula{background:var(--faint);border-radius:8px;padding:8px 10px;margin:0 0 8px;font-size:13px}
.scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}
table{border-collapse:collapse;width:100%;font-size:15px}
th{text-align:left;font-weight:600;font-size:13px;color:var(--soft);padding:6px 16px 6px 0;vertical-align:bottom;
border-bottom:1px solid var(--line)}
td{padding:9px 16px 9px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tbody tr:last-child td{border-bottom:0}
th:last-child,td:last-child{padding-right:0}
th.n,td.n{text-align:right;white-space:nowrap;overflow-wrap:normal}
tfoot td{border-top:2px solid var(--line);border-bottom:0;font-weight:650}
td small,.bar-label small{display:block;color:var(--soft);font-size:13px;font-weight:400}
details table{font-size:14px}details td{padding:6px 12px 6px 0}
td .chip{margin:0}
.yes{color:var(--good);font-weight:600;white-space:nowrap}.no{color:var(--bad);font-weight:650;white-space:nowrap}
.shares{display:flex;gap:2px;height:8px;border-radius:4px;overflow:hidden;background:var(--faint);margin-top:8px;
min-width:90px}
.shares b{display:block;min-width:3px}.posted{background:var(--s0)}.held{background:var(--s2)}
.quarantined{background:var(--s4)}.missing{background:var(--bad)}
.chart{display:block;width:100%;height:auto;overflow:visible}
.phone{display:none}
svg text{font-size:12px;fill:var(--soft);font-family:inherit}
svg .value{fill:var(--ink);font-weight:650;font-size:13px;paint-order:stroke;stroke:var(--paper);stroke-width:4px;
stroke-linejoin:round}
svg .grid{stroke:var(--line)}svg .zero{stroke:var(--soft);stroke-opacity:.55}
svg .line{fill:none;stroke:var(--accent);stroke-width:2.25;stroke-linejoin:round;stroke-linecap:round}
svg .ahead{stroke-dasharray:1.5 5}svg .careful{fill:none;stroke:var(--accent);stroke-opacity:.5;stroke-width:1.25}
svg .area{fill:var(--accent);fill-opacity:.08}svg .band{fill:var(--accent);fill-opacity:.12}
svg .dot{fill:var(--accent);stroke:var(--paper);stroke-width:1.5}
svg .goal{stroke:var(--goal);stroke-width:1.25;stroke-dasharray:5 4}
svg .goal-text{fill:var(--goal);paint-order:stroke;stroke:var(--paper);stroke-width:3px}
svg .today{stroke:var(--soft);stroke-dasharray:2 3}
svg .floor{stroke:var(--s4);stroke-width:3;stroke-linecap:round}svg .payday{stroke:var(--soft)}

svg .leader{stroke:var(--accent);stroke-opacity:.45}svg .low{fill:var(--paper);stroke:var(--accent);stroke-width:2.5}
svg .hit{fill:transparent}svg .hover{opacity:0}svg .h:hover .hover{opacity:1}
svg .h:hover .dot{stroke:var(--ink)}svg .stack:hover{fill-opacity:.78}
svg .s0{fill:var(--s0)}svg .s1{fill:var(--s1)}svg .s2{fill:var(--s2)}
svg .s3{fill:var(--s3)}svg .s4{fill:var(--s4)}svg .s5{fill:var(--s5)}
.swatch{width:12px;height:12px;border-radius:3px;display:inline-block}
.swatch.s0{background:var(--s0)}.swatch.s1{background:var(--s1)}.swatch.s2{background:var(--s2)}
.swatch.s3{background:var(--s3)}.swatch.s4{background:var(--s4)}.swatch.s5{background:var(--s5)}
.swatch.posted,.swatch.held,.swatch.quarantined{vertical-align:-1px}
.spark{width:98px;height:28px;flex:none}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 10px;padding:0;font-size:13px;
color:var(--soft)}
.legend li{display:flex;align-items:center;gap:7px}.sign{width:26px;height:12px;overflow:visible}
.bars{list-style:none;margin:0;padding:0;display:grid;gap:11px}

.bars li{display:grid;grid-template-columns:minmax(96px,min(38%,220px)) 1fr auto;gap:12px;align-items:center;
font-size:14px}
.bar-label{line-height:1.25;overflow-wrap:anywhere}
.bar-track{position:relative;height:16px;background:var(--faint);border-radius:4px}
.bar{position:absolute;inset:0 auto 0 0;background:var(--s0);border-radius:4px;min-width:2px}
.bar.beyond{background:var(--s2)}
.bar-text{min-width:52px;text-align:right;font-weight:600}
.bars .goal{position:absolute;top:-4px;bottom:-4px;border-left:2px dashed var(--goal)}
.key{font-size:13px;color:var(--soft);margin:12px 0 0}
.goal-key{display:inline-block;height:12px;border-left:2px dashed var(--goal);margin-right:8px;vertical-align:-1px}
.meter{display:inline-block;width:56px;height:6px;border-radius:3px;background:var(--faint);overflow:hidden;
margin-right:8px;vertical-align:2px}
.meter b{display:block;height:100%;background:var(--s0)}
.todo{list-style:none;counter-reset:n;margin:0;padding:0}
.todo li{counter-increment:n;display:grid;grid-template-columns:34px 1fr auto;gap:2px 10px;padding:12px 0;
border-bottom:1px solid var(--line)}
.todo li:first-child{padding-top:0}.todo li:last-child{border-bottom:0;padding-bottom:0}
.todo li::before{content:counter(n);width:26px;height:26px;border-radius:50%;background:var(--faint);color:var(--soft);
display:grid;place-items:center;font-size:13px;font-weight:650;grid-row:span 2}
.todo li.urgent::before{background:var(--bad-soft);color:var(--bad)}
.todo strong{font-weight:600}.todo .amount{font-weight:650;text-align:right;white-space:nowrap}
.todo small{color:var(--soft);font-size:14px;grid-column:2/-1}
.none{color:var(--soft)}
footer{margin-top:52px;padding-bottom:48px;color:var(--soft);font-size:14px}
footer p{margin-bottom:6px}
@media (max-width:900px){.cards{grid-template-columns:1fr 1fr}.pair{grid-template-columns:1fr}}
@media (max-width:640px){
main,header,footer{padding-left:14px;padding-right:14px}
header{padding-top:22px}h1{font-size:25px}h2{font-size:21px}section{margin-top:40px}
.cards{grid-template-columns:1fr;gap:12px}.panel{padding:16px}.card h3{min-height:0}.verdict{padding:16px;gap:12px}
.wide{display:none}.phone{display:block}
.bars li{grid-template-columns:1fr auto;gap:2px 12px}.bar-track{grid-column:1/-1;grid-row:2;height:12px}
table.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
table.stack,.stack tbody,.stack tfoot,.stack tr,.stack td{display:block}
.stack tr{padding:10px 0;border-bottom:1px solid var(--line)}
.stack tbody:last-child tr:last-child,.stack tfoot tr{border-bottom:0}
.stack td,.stack td.n{border:0;padding:2px 0;text-align:left;white-space:normal;display:flex;
justify-content:space-between;gap:16px}
.stack td.n{text-align:right}
.stack td[data-label]::before{content:attr(data-label);color:var(--soft);font-size:13px;font-weight:400;flex:none;
text-align:left}
.stack td:empty{display:none}
.stack td.lead{display:block;font-weight:600}.stack td.block{display:block}.stack td.block::before{display:block}
}
@media print{
:root{color-scheme:light;--paper:#fff;--back:#fff;--ink:#111;--soft:#444;--line:#ccc;--faint:#eee;--accent:#1f5f8b}
@page{margin:14mm}
body{font-size:9.5pt}nav,.panel details:not([open]){display:none}main,header,footer{max-width:none;padding:0}
header{padding-top:0}h1{font-size:18pt}h2{font-size:14pt}h3{font-size:10.5pt}section{margin-top:20px}
.panel,.card,.verdict{padding:12px 14px;margin-bottom:10px;border-radius:8px}
.cards{grid-template-columns:repeat(3,1fr);gap:10px}.pair{grid-template-columns:1fr 1fr;gap:10px}
.card{margin:0;break-inside:avoid}.card .figure{font-size:18pt}.card h3{font-size:9pt}
.card .period,.chip,table,.bars li,.todo small,.panel>p.sub,details{font-size:8.5pt}
dt,dd,.formula,th,td small,.bar-label small,.key,.legend{font-size:8pt}
.formula{padding:4px 6px}dd{margin-bottom:3px}td{padding-top:4px;padding-bottom:4px}.todo li{padding:6px 0}
.scroll{overflow:visible}.verdict,tr,.todo li,.bars li,.chart{break-inside:avoid}
h2,h3,.lede,.sub{break-after:avoid;break-inside:avoid}
.bar,.shares b,.swatch,.meter b,.meter,.bar-track,.chip,.verdict,.mark{print-color-adjust:exact;
-webkit-print-color-adjust:exact}
details>summary{list-style:none;color:var(--soft)}
.card details{margin-top:0}
.card details::details-content{content-visibility:visible;display:block;height:auto}
}
"""
