/** Opens a guest's frame, sandboxed or of another origin, and tells it what to do. */
import { atEnd } from './corral.ts';
import { otherOrigin } from './origins.ts';
import { unique } from './unique.ts';

export interface Guest {
  readonly frame: HTMLIFrameElement;
  readonly window: Window;
  /** Resolves when the frame's script runs. */
  readonly up: Promise<void>;
  /** Resolves with what the guest answered, rejects with what it could not. */
  tell<T = unknown>(order: string, ...args: unknown[]): Promise<T>;
  /** The same frame, loaded again, perhaps with another patience. */
  reload(patience?: number): Promise<void>;
}

export interface GuestOptions {
  /** `sandboxed` has an opaque origin; `other` is a page of the second origin; `same` one of this. */
  readonly kind: 'sandboxed' | 'other' | 'same';
  /** The origin that it takes for its page's. */
  readonly host?: string;
  /** After so many milliseconds it takes nobody's answer for a no. Short for who waits for that. */
  readonly patience?: number;
}

export const originOf = (kind: GuestOptions['kind']): string => ({ sandboxed: 'null', other: otherOrigin(), same: location.origin })[kind];

export function openGuest({ kind, host = location.origin, patience = 50_000 }: GuestOptions): Guest {
  const frame = document.createElement('iframe');
  if (kind === 'sandboxed') frame.sandbox.add('allow-scripts');
  const base = kind === 'other' ? otherOrigin() : location.origin;
  frame.src = `${base}/test/support/frames/guest.html?host=${encodeURIComponent(host)}&patience=${patience}`;
  const up = whenUp(frame);
  document.body.append(frame);
  atEnd(() => frame.remove());
  return {
    frame,
    window: frame.contentWindow as Window,
    up,
    tell: (order, ...args) => tell(frame, order, args) as never,
    reload(next = patience) {
      const again = whenUp(frame);
      const url = new URL(frame.src);
      url.searchParams.set('patience', String(next));
      url.searchParams.append('again', '');
      frame.src = url.href;
      return again;
    },
  };
}

function whenUp(frame: HTMLIFrameElement): Promise<void> {
  return new Promise((resolve) => {
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== frame.contentWindow || !data?.up) return;
      removeEventListener('message', onMessage);
      resolve();
    };
    addEventListener('message', onMessage);
  });
}

function tell(frame: HTMLIFrameElement, order: string, args: unknown[]): Promise<unknown> {
  const id = unique('order');
  return new Promise((resolve, reject) => {
    const onMessage = ({ source, data }: MessageEvent): void => {
      if (source !== frame.contentWindow || data?.answers !== id) return;
      removeEventListener('message', onMessage);
      if ('error' in data) reject(Object.assign(new Error(data.error as string), { code: data.code as string }));
      else resolve(data.value);
    };
    addEventListener('message', onMessage);
    frame.contentWindow?.postMessage({ order, id, args }, '*');
  });
}
