/** A picture of a value as a tree that is opened branch by branch. */
import { make } from './dom.ts';
import { brief, isBranch } from './picture.ts';
import type { Branch, Picture } from './snapshot.ts';

/** The root is open. What is inside a branch is made when somebody opens it. */
export function makeTree(picture: Picture): HTMLElement {
  return make('div', { class: 'tree' }, make('ul', {}, item(undefined, picture, true)));
}

function item(key: Picture | undefined, picture: Picture, open = false): HTMLElement {
  const label = key === undefined ? undefined : make('span', { class: 'key' }, `${typeof key === 'string' ? key : brief(key, 40)}: `);
  if (!isBranch(picture) || picture.values.length + picture.more === 0) return make('li', { class: 'leaf' }, label, value(picture));
  const details = make('details', { open }, make('summary', {}, label, make('span', {}, brief(picture, 60))));
  const fill = (): void => {
    if (details.childElementCount === 1) details.append(branch(picture));
  };
  details.addEventListener('toggle', fill);
  if (open) fill();
  return make('li', {}, details);
}

function branch({ is, keys, values, more }: Branch): HTMLElement {
  const items = values.map((one, index) => item(is === 'array' || is === 'set' ? index : (keys?.[index] ?? index), one));
  if (more > 0) items.push(make('li', { class: 'leaf rest' }, `${more} more, not kept`));
  return make('ul', {}, ...items);
}

function value(picture: Picture): HTMLElement {
  if (typeof picture === 'string') return make('span', { class: 'string' }, `'${picture}'`);
  if (typeof picture === 'number') return make('span', { class: 'number' }, String(picture));
  if (typeof picture !== 'object' || picture === null) return make('span', { class: 'word' }, String(picture));
  if (isBranch(picture)) return make('span', {}, brief(picture));
  if (picture.is !== 'text') return make('span', { class: 'word' }, brief(picture));
  const rest = make('span', { class: 'rest' }, ` … ${(picture.length ?? 0) - picture.text.length} more characters, not kept`);
  return make('span', {}, make('span', { class: 'string' }, `'${picture.text}'`), rest);
}
