/** How the inspector looks. Every colour and both fonts are custom properties; light or dark follows `color-scheme`. */

const css = `
:host {
  --bg: var(--corral-inspector-background, light-dark(#ffffff, #191715));
  --raised: var(--corral-inspector-raised, light-dark(#f7f5f2, #211e1b));
  --text: var(--corral-inspector-text, light-dark(#1e1b17, #f1ece4));
  --soft: var(--corral-inspector-soft, light-dark(#635c53, #aba296));
  --line: var(--corral-inspector-line, light-dark(#e6e0d8, #36312b));
  --edge: var(--corral-inspector-edge, light-dark(#8d857a, #7d7468));
  --accent: var(--corral-inspector-accent, light-dark(#b0431a, #ff9a5e));
  --good: var(--corral-inspector-good, light-dark(#1d7a48, #62c792));
  --bad: var(--corral-inspector-bad, light-dark(#b3261e, #ff8f84));
  --warn: var(--corral-inspector-warn, light-dark(#855600, #e9b44c));
  --selected: var(--corral-inspector-selected, light-dark(#fbe9df, #3d2a1e));
  --sans: var(--corral-inspector-font, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif);
  --mono: var(--corral-inspector-mono, ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace);
  display: block;
  block-size: 24rem;
  min-block-size: 12rem;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: var(--corral-inspector-radius, 10px);
  background: var(--bg);
  color: var(--text);
  font: var(--corral-inspector-font-size, 13px)/1.4 var(--sans);
  text-align: start;
  container: inspector / inline-size;
}
:host([hidden]) { display: none; }
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.frame { display: flex; flex-direction: column; block-size: 100%; overflow: auto; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }

.bar { display: flex; flex-wrap: wrap; gap: 6px; align-items: center; padding: 8px; border-block-end: 1px solid var(--line); background: var(--raised); }
.bar .find { flex: 1 1 10em; min-inline-size: 8em; }
.bar .group { display: flex; gap: 6px; }
.bar .filters { flex: 0 1 auto; min-inline-size: 0; }
button, input, select { font: inherit; color: inherit; }
button, input, select { block-size: 30px; padding: 0 9px; border: 1px solid var(--edge); border-radius: 6px; background: var(--bg); }
input::placeholder { color: var(--soft); opacity: 1; }
select { max-inline-size: 11em; padding-inline-end: 4px; text-overflow: ellipsis; }
button { cursor: pointer; white-space: nowrap; font-weight: 550; }
button:hover { border-color: var(--accent); }
button[aria-pressed='true'] { border-color: var(--accent); background: var(--selected); color: var(--accent); }

.counts { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 5px 10px; border-block-end: 1px solid var(--line); color: var(--soft); }
.counts dl { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0; }
.counts div { display: flex; gap: 5px; align-items: baseline; }
.counts dd { margin: 0; font: 600 1em var(--mono); font-variant-numeric: tabular-nums; color: var(--soft); }
.counts .some dd { color: var(--accent); }
.counts .some dt { color: var(--text); }
.counts .kept { margin-inline-start: auto; }

.split { display: flex; flex: 1 0 9rem; min-block-size: 0; }
.list { position: relative; display: flex; flex: 1 1 0; min-inline-size: 0; min-block-size: 0; }
.table { display: flex; flex: 1 1 0; flex-direction: column; min-inline-size: 0; container: table / inline-size; }
.head, .row { display: grid; grid-template-columns: var(--columns); column-gap: 10px; align-items: center; padding-inline: 10px; }
.table { --row: 26px; --columns: 5em minmax(4em, 8.5em) minmax(8em, 1fr) minmax(7em, 13em) 5.4em 5.4em; }
.heads { flex: none; overflow: hidden; border-block-end: 1px solid var(--line); scrollbar-gutter: stable; }
.head { block-size: 26px; color: var(--soft); }
.body { position: relative; flex: 1; min-block-size: 0; overflow-y: auto; overflow-x: hidden; scrollbar-gutter: stable; overflow-anchor: none; contain: strict; }
.space { position: relative; inline-size: 100%; }
.row { align-items: baseline; padding-block-start: 3px; position: absolute; inset-inline: 0; inset-block-start: 0; block-size: var(--row); border-block-end: 1px solid color-mix(in srgb, var(--line) 55%, transparent); cursor: default; contain: strict; }
.row:hover { background: var(--raised); }
.row[aria-selected='true'] { background: var(--selected); }
.cell { overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
.time, .length, .size { font-family: var(--mono); font-size: 0.92em; font-variant-numeric: tabular-nums; color: var(--soft); }
.length, .size, .end { text-align: end; }
.client { color: var(--soft); }
.name { font-family: var(--mono); font-size: 0.96em; }
.sign { display: inline-block; inline-size: 1.5em; color: var(--soft); font-family: var(--sans); }
.state { font-weight: 550; }
.done .state { color: var(--soft); font-weight: 400; }
.open .state { color: var(--accent); }
.refused .state, .failed .state { color: var(--bad); }
.cancelled .state, .lost .state { color: var(--warn); }
.empty { position: absolute; inset: 0; display: grid; place-content: center; padding: 16px; color: var(--soft); text-align: center; text-wrap: balance; }

.detail { flex: 0 0 44%; min-inline-size: 0; overflow: auto; border-inline-start: 1px solid var(--line); background: var(--bg); }
.detail header { position: sticky; inset-block-start: 0; z-index: 1; display: flex; gap: 8px; align-items: start; padding: 8px 10px; border-block-end: 1px solid var(--line); background: var(--raised); }
.detail h2 { flex: 1; margin: 0; padding-block: 5px; font: 600 1em/1.3 var(--mono); overflow-wrap: anywhere; }
.detail h3 { flex: 1; margin: 0; font-size: 1em; font-weight: 600; }
.detail code { font: 0.96em var(--mono); }
.detail section { padding: 8px 10px; border-block-end: 1px solid var(--line); }
.detail .title { display: flex; gap: 8px; align-items: center; margin-block-end: 4px; }
.detail .title button { block-size: 24px; padding-inline: 8px; font-size: 0.92em; }
.sentence { margin: 0 0 6px; overflow-wrap: anywhere; }
.refused .sentence, .failed .sentence { color: var(--bad); }
.cancelled .sentence, .lost .sentence { color: var(--warn); }
.facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 12px; margin: 0; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }

.tree { font: 0.96em/1.5 var(--mono); overflow-wrap: anywhere; }
.tree ul { margin: 0; padding-inline-start: 1.1em; list-style: none; border-inline-start: 1px solid var(--line); }
.tree > ul { padding: 0; border: 0; }
.tree summary { cursor: pointer; }
.tree summary::marker { color: var(--soft); }
.tree li.leaf { padding-inline-start: 1.05em; }
.tree span, code { unicode-bidi: isolate; }
.tree .key { color: var(--soft); }
.tree .string { color: var(--good); white-space: pre-wrap; }
.tree .number { color: var(--accent); }
.tree .word { color: var(--warn); }
.tree .rest { color: var(--soft); font-style: italic; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@container table (max-width: 540px) {
  .head, .row { --columns: 5em minmax(5em, 8.5em) minmax(5em, 1fr) minmax(5em, 11em) 5em; }
  .size, .head .end:last-child { display: none; }
}
@container inspector (max-width: 760px) {
  .split { flex-direction: column; }
  .detail { flex: 0 0 55%; border-inline-start: 0; border-block-start: 2px solid var(--line); }
}
@container inspector (max-width: 560px) {
  .heads { display: none; }
  .bar .find, .bar .filters { flex: 1 1 100%; }
  .bar .filters select { flex: 1 1 0; min-inline-size: 0; max-inline-size: none; }
  .bar .actions { flex: 1 1 100%; }
  .bar .actions button { flex: 1 1 auto; }
  .counts dl { display: grid; flex: 1 1 100%; grid-template-columns: repeat(5, auto); justify-content: space-between; }
  .counts div { flex-direction: column-reverse; gap: 0; align-items: center; font-size: 0.92em; }
  .counts dd { font-size: 1.15em; }
  .counts .kept { margin-inline: auto; font-size: 0.92em; }
  .table { --row: 46px; }
  .row { --columns: minmax(0, 1fr) auto; padding-block: 4px; column-gap: 8px; grid-template-rows: 1fr 1fr; align-content: center; }
  .row .time { display: none; }
  .row .name { grid-area: 1 / 1; }
  .row .state { grid-area: 1 / 2; max-inline-size: 46cqi; text-align: end; }
  .row .client { grid-area: 2 / 1; padding-inline-start: 1.6em; }
  .row .length { grid-area: 2 / 2; }
  .row .size { display: none; }
}
@media (forced-colors: active) {
  .row[aria-selected='true'], button[aria-pressed='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One for all inspectors of the page. A constructed sheet needs no `unsafe-inline`. */
export function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
}
