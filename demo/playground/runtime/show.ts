/** Writes any value as text for the console, bounded. */

import { LONGEST } from './protocol.ts';

const MOST = 100;
const DEEPEST = 4;

/** The arguments of one `console.log`, as one line of text. */
export function showAll(values: readonly unknown[]): string {
  const text = values.map((value) => (typeof value === 'string' ? value : show(value))).join(' ');
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

function show(value: unknown, depth = 0, above: readonly object[] = []): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 1000 ? `${value.slice(0, 1000)}…` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `ƒ ${value.name || 'anonymous'}()`;
  if (typeof value !== 'object' || value === null) return String(value);
  if (above.includes(value)) return '[circular]';
  try {
    return showObject(value, depth, [...above, value]);
  } catch {
    return '[unreadable]';
  }
}

function showObject(value: object, depth: number, above: readonly object[]): string {
  if (value instanceof Error || value instanceof DOMException) return showError(value, depth, above);
  if (value instanceof Date || value instanceof RegExp) return String(value);
  const name = Object.getPrototypeOf(value)?.constructor?.name ?? '';
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
  if (depth >= DEEPEST) return Array.isArray(value) ? '[…]' : '{…}';
  const inner = (one: unknown): string => show(one, depth + 1, above);
  if (Array.isArray(value)) return `[${some(value, inner)}]`;
  if (ArrayBuffer.isView(value)) return `${name}(${value.byteLength}) [${some(Array.from(value as Uint8Array), inner)}]`;
  if (value instanceof Set) return `Set(${value.size}) {${some([...value], inner)}}`;
  if (value instanceof Map) return `Map(${value.size}) {${some([...value], ([key, one]) => `${inner(key)} => ${inner(one)}`)}}`;
  const body = some(Object.entries(value), ([key, one]) => `${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${inner(one)}`);
  const braces = body === '' ? '{}' : `{ ${body} }`;
  return name === 'Object' || name === '' ? braces : `${name} ${braces}`;
}

function some<T>(values: readonly T[], write: (value: T) => string): string {
  const written = values.slice(0, MOST).map((value) => write(value));
  if (values.length > MOST) written.push(`… ${values.length - MOST} more`);
  return written.join(', ');
}

/** `CorralError NOT_ALLOWED: …`, and what it carries. */
function showError(error: Error & { code?: unknown; details?: unknown }, depth: number, above: readonly object[]): string {
  const code = typeof error.code === 'string' ? ` ${error.code}` : '';
  const details = error.details === undefined ? '' : ` ${show(error.details, depth + 1, above)}`;
  return `${error.name}${code}: ${error.message}${details}`;
}
