/** Corral with the inspector open: the page's side of every call is captured, kept and drawn. */
import type { Contender } from '../contender.ts';
import { corral } from './corral.ts';

export const corralInspected: Contender = {
  name: 'Corral, inspected',
  async open() {
    // Only now, so that the plain one, which is open by then, is not tapped.
    await import('corral/devtools');
    if (!document.querySelector('corral-inspector')) document.body.append(document.createElement('corral-inspector'));
    return corral.open();
  },
};
