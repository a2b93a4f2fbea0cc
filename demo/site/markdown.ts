/** The little Markdown that the README and docstrings use, as HTML: paragraphs, lists, tables, code, bold, links. */
import { escape } from './html.ts';

export interface MarkdownOptions {
  /** Where a code span leads, if anywhere. */
  readonly codeLink?: (code: string) => string | undefined;
  readonly caption?: string;
}

export function markdown(text: string, options: MarkdownOptions = {}): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((block) => {
      if (block.startsWith('|')) return table(block, options);
      if (/^[-*] /.test(block)) return list(block, options);
      return `<p>${inline(block.replace(/\n/g, ' '), options)}</p>`;
    })
    .join('\n');
}

/** Links to other hosts stay; those to the repository's own files have no address on the site, and become text. */
export function inline(text: string, { codeLink }: MarkdownOptions = {}): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => {
      if (part.length > 2 && part.startsWith('`')) {
        const code = part.slice(1, -1);
        const href = codeLink?.(code);
        return href ? `<a href="${escape(href)}"><code>${escape(code)}</code></a>` : `<code>${escape(code)}</code>`;
      }
      return escape(part)
        .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
        .replace(/\[([^\]]+)\]\((https:[^)]+)\)/g, '<a href="$2">$1</a>')
        .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
    })
    .join('');
}

/** The text under a heading of a document, up to the next heading of its rank or above. */
export function section(document: string, heading: RegExp): string {
  const lines = document.split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && heading.test(line));
  if (start < 0) throw new Error(`No heading matches ${heading}: the site shows what is under it.`);
  const rank = /^#+/.exec(lines[start]!)![0].length;
  const length = lines.slice(start + 1).findIndex((line) => (/^(#+) /.exec(line)?.[1] ?? '#######').length <= rank);
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
}

function list(block: string, options: MarkdownOptions): string {
  const items = block.split(/\n(?=[-*] )/).map((item) => inline(item.slice(2).replace(/\n\s*/g, ' '), options));
  return `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;
}

/** Its first row heads the columns, its first column the rows. */
function table(block: string, options: MarkdownOptions): string {
  const cells = (line: string): string[] => line.split('|').slice(1, -1).map((cell) => inline(cell.trim(), options));
  const [head, , ...rows] = block.split('\n').map(cells);
  const th = (cell: string, scope: string): string => (cell ? `<th scope="${scope}">${cell}</th>` : '<td></td>');
  const body = rows.map(([first, ...rest]) => `<tr>${th(first!, 'row')}${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`);
  const caption = options.caption ? `<caption class="unseen">${escape(options.caption)}</caption>` : '';
  return `<table>${caption}<thead><tr>${head!.map((cell) => th(cell, 'col')).join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}
