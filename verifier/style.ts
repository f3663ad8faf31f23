/** How a bundle's page looks: light and dark, wide and narrow, on paper. Loads nothing. */
export const STYLE = `:root{color-scheme:light dark;--text:#1c1e21;--soft:#5b6068;--line:#d9dce1;--card:#f6f7f9;--good:#0b6b3a;--goodbg:#e7f6ee;--bad:#a1121f;--badbg:#fdecee;--open:#7a4b00;--openbg:#fff5df}
@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--soft:#9aa1ab;--line:#343941;--card:#1d2025;--good:#6fd6a0;--goodbg:#10291c;--bad:#ff98a2;--badbg:#321317;--open:#f2c46d;--openbg:#2d2310}body{background:#14161a}}
*{box-sizing:border-box}body{font:15px/1.55 system-ui,sans-serif;color:var(--text);max-width:64rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.6rem;line-height:1.25;margin:.2rem 0 .6rem;text-wrap:balance}h2{font-size:1.05rem;margin:2rem 0 .5rem}h3{font-size:1rem;margin:0;font-weight:600}h3 em{font-style:normal;font-weight:400}
.kicker{color:var(--soft);text-transform:uppercase;letter-spacing:.08em;font-size:.78rem;margin:0}p,ul{margin:.4rem 0}ul{padding-left:1.2rem}li{margin:.25rem 0}
code,pre,time{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}pre{white-space:pre-wrap;background:var(--card);border:1px solid var(--line);border-radius:6px;padding:.6rem .8rem;margin:.4rem 0;max-height:26rem;overflow:auto}
.box{border-left:4px solid;border-radius:6px;padding:.7rem 1rem;margin:1.2rem 0}.box strong{font-size:1.1rem}.good{color:var(--good);background:var(--goodbg)}.bad{color:var(--bad);background:var(--badbg)}.open{color:var(--open);background:var(--openbg)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(11rem,1fr));gap:.8rem 1.5rem;margin:1.2rem 0}dt{color:var(--soft);font-size:.85rem}dd{margin:0}dd small{display:block;color:var(--soft)}
.claims{display:grid;grid-template-columns:repeat(auto-fit,minmax(18rem,1fr));gap:0 2rem}.claims h2{margin-top:.6rem}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.4rem .7rem .4rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}thead th{color:var(--soft);font-weight:400;font-size:.85rem;border:0;white-space:nowrap}tbody th{font-weight:600;min-width:6.5rem;overflow-wrap:normal}td:nth-child(2){min-width:14rem}td:nth-child(4){overflow-wrap:normal}
article{border-top:1px solid var(--line);padding:.8rem 0}article time,.id,.none{color:var(--soft)}.id{margin:0}article span{margin-right:1rem;white-space:normal;overflow-wrap:anywhere}article b{color:var(--soft);font-weight:400}summary{cursor:pointer;color:var(--soft)}
@media print{pre{max-height:none}.box{border:1px solid}}`
