/** The core as a classic script on a CDN. Whole addresses: in such a worker, a relative one has no base. */
importScripts('https://cdn.example/corral-core.global.js', 'https://cdn.example/notes.js');
