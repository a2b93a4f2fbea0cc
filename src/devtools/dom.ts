/** Makes elements without a word of HTML, so that Trusted Types and a strict policy have nothing to object. */

type Property = string | number | boolean | ((event: never) => void) | undefined;

/** Functions listen (`onclick`), true and strings become attributes; false and undefined are left out. Text stays text, and is `visible`. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  properties: Readonly<Record<string, Property>> = {},
  ...children: (Node | string | undefined)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.filter((child) => child !== undefined).map((child) => (typeof child === 'string' ? visible(child) : child)));
  return element;
}

/** A sentence: what it has in backticks is code. */
export function prose(sentence: string): (Node | string)[] {
  return sentence.split('`').map((part, index) => (index % 2 === 1 ? make('code', {}, part) : part));
}

/** Writes only what differs: a text that is set anew is laid out anew. */
export function say(node: Node, text: string): void {
  const seen = visible(text);
  if (node.textContent !== seen) node.textContent = seen;
}

/** With what turns the order of letters around as its code: nothing is to look like something else. */
function visible(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
