/** Colours code when the site is built, so that no page carries a highlighter. */
import { javascriptLanguage, typescriptLanguage } from '@codemirror/lang-javascript';
import { highlightTree, tagHighlighter, tags } from '@lezer/highlight';
import { escape } from './html.ts';

/** A part of the code that leads somewhere. */
export interface CodeLink {
  readonly from: number;
  readonly to: number;
  readonly href: string;
}

/** Classes of demo/style.css: keyword, string, comment, number, type, function. */
const highlighter = tagHighlighter([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.self, tags.null], class: 'k' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 's' },
  { tag: tags.comment, class: 'c' },
  { tag: [tags.number, tags.bool], class: 'n' },
  { tag: [tags.typeName, tags.className], class: 't' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName), tags.function(tags.definition(tags.variableName))], class: 'f' },
]);

/** TypeScript as HTML. `inside` says what the code is a part of, e.g. a member of an interface, so that it is read right. */
export function highlight(code: string, { links = [], inside = ['', ''] }: { links?: readonly CodeLink[]; inside?: readonly [string, string] } = {}): string {
  const [before, after] = inside;
  const text = before + code + after;
  let html = '';
  let at = before.length;
  const put = (to: number, classes: string): void => {
    // A link may be a part of a token, or hold several.
    while (at < to) {
      const link = links.find((one) => one.from + before.length <= at && at < one.to + before.length);
      const next = links.map((one) => one.from + before.length).filter((from) => from > at);
      const end = Math.min(to, link ? link.to + before.length : Infinity, ...next);
      const part = escape(text.slice(at, end));
      const coloured = classes ? `<span class="${classes}">${part}</span>` : part;
      html += link ? `<a href="${escape(link.href)}">${coloured}</a>` : coloured;
      at = end;
    }
  };
  const end = before.length + code.length;
  highlightTree(typescriptLanguage.parser.parse(text), highlighter, (from, to, classes) => {
    if (from >= end) return;
    put(Math.min(from, end), '');
    put(Math.min(to, end), classes);
  });
  put(end, '');
  return html;
}

/** An HTML document as HTML: tags, attributes, and the scripts in it as what they are. */
export function highlightHtml(code: string): string {
  return code
    .split(/(<script[^>]*>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>|<!--[\s\S]*?-->|<[^>]+>)/)
    .map((part) => {
      if (part.startsWith('<!--')) return `<span class="c">${escape(part)}</span>`;
      const [, open, body, close] = /^(<(?:script|style)[^>]*>)([\s\S]*)(<\/\w+>)$/.exec(part) ?? [];
      if (open === undefined) return part.startsWith('<') ? tag(part) : escape(part);
      return tag(open) + (open.startsWith('<style') ? escape(body!) : script(body!)) + tag(close!);
    })
    .join('');
}

function script(code: string): string {
  let html = '';
  let at = 0;
  highlightTree(javascriptLanguage.parser.parse(code), highlighter, (from, to, classes) => {
    html += `${escape(code.slice(at, from))}<span class="${classes}">${escape(code.slice(from, to))}</span>`;
    at = to;
  });
  return html + escape(code.slice(at));
}

function tag(text: string): string {
  return text.replace(/(<\/?!?)([\w-]+)|([\w-]+)(=)("[^"]*")|[<>&]/g, (all, open, name, attribute, equals, value) => {
    if (name) return `${escape(open)}<span class="k">${name}</span>`;
    if (attribute) return `<span class="t">${attribute}</span>${equals}<span class="s">${escape(value)}</span>`;
    return escape(all);
  });
}
