/** Shows the two files that this demo is made of. */
import core from './core.ts?raw';
import page from './page.ts?raw';

document.getElementById('core-code')!.textContent = core;
document.getElementById('page-code')!.textContent = page;
