// The style and the script of `index.html`. Colours: the palette of Okabe and Ito (2008), told apart by colour-blind
// people, on grounds that keep the contrast of WCAG AA; what a colour says stands there as a word too.

enum HTMLStyle {
  static let css = """
    :root{color-scheme:light dark;--ink:#1b1b1b;--dim:#555;--ground:#fff;--soft:#f3f3f5;--line:#c9c9d0;--cause:#963800;
    --hit:#0b5c94;--good:#00664a;--causeground:#fbe3d3;--hitground:#dcecf7}
    @media(prefers-color-scheme:dark){:root{--ink:#eee;--dim:#b5b5bd;--ground:#16161a;--soft:#222228;--line:#44444e;
    --cause:#ff9b5c;--hit:#7cc4f5;--good:#5fd3ae;--causeground:#4a2510;--hitground:#123349}}
    *{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--ground);margin:0}
    header,main,nav,footer{max-width:76rem;margin:0 auto;padding:0 1.2rem}header{padding-top:1.2rem}
    nav{position:sticky;top:0;background:var(--ground);border-bottom:1px solid var(--line);display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;
    align-items:center;padding-top:.4rem;padding-bottom:.4rem;z-index:1}nav ul{display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;list-style:none;margin:0;padding:0}
    a{color:var(--hit)}:focus-visible{outline:3px solid var(--hit);outline-offset:2px}
    h1{font-size:1.25rem;margin:.2rem 0;color:var(--dim);font-weight:600}h2{margin:2rem 0 .4rem;font-size:1.3rem}h3{margin:1.4rem 0 .3rem;font-size:1.08rem}
    .verdict{font-size:1.25rem;line-height:1.4;margin:.3rem 0 .6rem;font-weight:600}
    .card{border:1px solid var(--line);border-left:6px solid var(--hit);border-radius:6px;padding:.2rem 1rem .8rem;margin:1rem 0;background:var(--ground)}
    .card.critical,.card.major{border-left-color:var(--cause)}.card ul{padding-left:1.1rem;margin:.4rem 0}
    table{border-collapse:collapse;margin:.4rem 0;width:100%}th,td{border-bottom:1px solid var(--line);padding:.25rem .5rem;text-align:left;vertical-align:top}
    thead th{color:var(--dim);font-weight:600;font-size:.86rem}th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;text-align:left}
    .scroll{overflow-x:auto}code,kbd,pre{font:13px ui-monospace,monospace;background:var(--soft);border-radius:3px;padding:0 .2rem;overflow-wrap:anywhere}
    pre{padding:.6rem;overflow:auto}figure{margin:.8rem 0}figcaption{font-weight:600;font-size:.92rem}
    .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(26rem,1fr));gap:0 1.4rem}.waterfall td{font-size:.86rem}.waterfall td:nth-child(2){white-space:nowrap}.waterfall tr.origin td{background:var(--causeground)}
    td.bars,th.bars{width:34%;min-width:9rem}td.bars span{display:block;height:.8rem;margin-top:.2rem;background:var(--hit);border-radius:2px}
    tr.failed td.bars span,tr.origin td.bars span{background:var(--cause)}tr strong{color:var(--cause)}
    .strips svg{display:block;width:100%;min-width:20rem;height:48px;background:var(--soft)}.strips tbody th{font-weight:400;max-width:16rem}
    .axis{display:flex;justify-content:space-between;min-width:20rem;font-weight:400}
    svg .rate{fill:var(--cause)}svg .own{fill:none;stroke:var(--ink);stroke-width:1.3;vector-effect:non-scaling-stroke}
    .strips svg .cause{fill:var(--cause);fill-opacity:.3}.strips svg .hit{fill:var(--hit);fill-opacity:.18}.key.cause{color:var(--cause)}
    .map text{font:13px system-ui,sans-serif;fill:var(--ink)}.map text.small{font-size:11px;fill:var(--dim)}.map rect{fill:var(--soft);stroke:var(--line)}
    .map rect.cause{fill:var(--causeground);stroke:var(--cause);stroke-width:2.5}.map rect.hit{fill:var(--hitground);stroke:var(--hit);stroke-width:2}
    .map text.small{fill:var(--ink)}.map path{fill:none;stroke:var(--dim);stroke-opacity:.55}.map path.bad{stroke:var(--cause);stroke-width:2.5;stroke-opacity:1}
    .policies text{font:12px sans-serif;fill:var(--ink)}.policies .bar{stroke:var(--dim);stroke-width:2}
    .policies .logged{fill:var(--ground);stroke:var(--hit);stroke-width:2}.policies .front{fill:var(--good)}.policies .other{fill:var(--dim)}
    .policies svg{max-width:100%;height:auto}.find{margin-left:auto}.find input{font:inherit;padding:.15rem .4rem;width:14rem;max-width:60vw;color:inherit;background:var(--ground);border:1px solid var(--dim);border-radius:4px}
    .history{white-space:nowrap;letter-spacing:1px}[hidden]{display:none!important}
    @media print{nav,.find{display:none}body{font-size:11px}.card,figure,tr{break-inside:avoid}details>*{display:block}a{color:inherit}}
    """

  /// Filters and sorts, and makes nothing: the page is whole without it.
  static let script = """
    (function(){var d=document,f=d.getElementById("find");f.hidden=false;var box=f.querySelector("input"),said=f.querySelector("output");
    box.addEventListener("input",function(){var q=box.value.trim().toLowerCase(),n=0;d.querySelectorAll("main .card, main section tbody tr").forEach(function(e){
    if(e.matches(".card tr"))return;var hit=!q||e.textContent.toLowerCase().indexOf(q)>=0;e.hidden=!hit;if(q&&hit)n++});said.textContent=q?n+" found":""});
    d.querySelectorAll("table.sortable").forEach(function(t){Array.prototype.forEach.call(t.tHead.rows[0].cells,function(c,i){var b=d.createElement("button");b.type="button";
    while(c.firstChild)b.appendChild(c.firstChild);c.appendChild(b);var up=false;b.addEventListener("click",function(){up=!up;var rows=Array.prototype.slice.call(t.tBodies[0].rows);
    function k(r){var s=r.cells[i].textContent.trim(),m=/^-?[\\d,]+(\\.\\d+)?/.exec(s);if(!m)return s;var u={"\\u00b5s":1,ms:1e3,s:1e6,min:6e7,h:3.6e9,days:8.64e10,kB:1e3,MB:1e6,GB:1e9}[s.slice(m[0].length).trim().split(" ")[0]]||1;
    return parseFloat(m[0].replace(/,/g,""))*u}rows.sort(function(a,b){var x=k(a),y=k(b),o=typeof x===typeof y?(x<y?-1:x>y?1:0):(typeof x==="number"?-1:1);return up?o:-o});
    rows.forEach(function(r){t.tBodies[0].appendChild(r)});Array.prototype.forEach.call(t.tHead.rows[0].cells,function(o){o.removeAttribute("aria-sort")});
    c.setAttribute("aria-sort",up?"ascending":"descending")})})})})();
    """
}
