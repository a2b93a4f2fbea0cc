/** The reference as HTML: a list of all names, and a part for each door. */
import { highlight, type CodeLink } from '../highlight.ts';
import { escape } from '../html.ts';
import { markdown } from '../markdown.ts';
import type { Door, Entry, Member, Reference, Signature } from './model.ts';

export interface RenderedReference {
  readonly names: string;
  readonly doors: string;
}

export function renderReference({ doors, behind }: Reference): RenderedReference {
  const all = [...doors.flatMap(({ entries }) => entries), ...behind];
  const idOf = new Map(all.map(({ name, id }) => [name, id]).reverse() as [string, string][]);
  /** A name in backticks leads to what bears it. */
  const codeLink = (code: string): string | undefined => {
    const id = idOf.get(/^\w+/.exec(code)?.[0] ?? '');
    return id && /^\w+(\(.*\))?$/.test(code) ? `#${id}` : undefined;
  };
  const entries = (list: readonly Entry[]): string => list.map((entry) => article(entry, codeLink)).join('\n');
  const part = ({ name, docs, entries: own, shared }: Door): string => `<section class="door" id="${name}" aria-labelledby="${name}.title">
<h2 id="${name}.title"><code>${name}</code></h2>
${markdown(docs, { codeLink })}
${entries(own)}
${also(name, shared)}</section>`;
  const last = `<section class="door" id="behind" aria-labelledby="behind.title">
<h2 id="behind.title">Behind them</h2>
<p>Types that the signatures above name, and that cannot be imported by themselves.</p>
${entries(behind)}</section>`;
  return { names: [...doors.map(names), names({ name: 'behind', entries: behind })].join('\n'), doors: [...doors.map(part), last].join('\n') };
}

function names({ name, entries }: { name: string; entries: readonly Entry[] }): string {
  const items = entries.map((entry) => `<li><a href="#${entry.id}" class="${entry.kind}">${entry.name}</a></li>`);
  const title = name === 'behind' ? 'Behind them' : `<code>${name}</code>`;
  return `<p><a href="#${name}">${title}</a></p><ul>${items.join('')}</ul>`;
}

/** A door's exports that are told at another. */
function also(door: string, shared: Door['shared']): string {
  if (shared.length === 0) return '';
  const items = shared.map(({ name, id }) => `<a href="#${id}" id="${door}.${name}"><code>${name}</code></a>`);
  return `<p class="also">It also exports, from above: ${items.join(', ')}.</p>`;
}

type LinkOfCode = (code: string) => string | undefined;

function article({ id, name, kind, signatures, docs, members, file }: Entry, codeLink: LinkOfCode): string {
  const title = `<h3 id="${id}.name"><a href="#${id}">${name}</a> <span class="kind">${kind}</span></h3>`;
  const list = members.length > 0 ? `<dl>${members.map((one) => member(one, codeLink)).join('\n')}</dl>` : '';
  return `<article class="entry" id="${id}" data-name="${name}" aria-labelledby="${id}.name">
${title}
${signatures.map((signature) => code(signature)).join('\n')}
${docs && markdown(docs, { codeLink })}
${list}
<p class="file">${escape(file)}</p>
</article>`;
}

function member({ signatures, docs }: Member, codeLink: LinkOfCode): string {
  return `<dt>${signatures.map((signature) => code(signature, ['interface X { ', ' }'])).join('')}</dt><dd>${docs ? markdown(docs, { codeLink }) : ''}</dd>`;
}

function code({ text, links }: Signature, inside?: readonly [string, string]): string {
  const own: CodeLink[] = [...links].sort((a, b) => a.from - b.from);
  return `<pre class="code"><code>${highlight(text, { links: own, ...(inside && { inside }) })}</code></pre>`;
}
