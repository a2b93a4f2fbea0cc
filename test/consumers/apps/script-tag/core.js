/** The core of the notes app as a classic worker: the library, then the app. */
importScripts('corral-core.global.js', 'notes.js');
