/** Shows the lines of this demo that matter, as they are. */
import { excerpt } from '../excerpt.ts';
import core from './core.ts?raw';
import page from './page.ts?raw';

document.getElementById('core-code')!.textContent = excerpt(core);
document.getElementById('page-code')!.textContent = excerpt(page);
