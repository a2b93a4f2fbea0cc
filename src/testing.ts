/** The door "corral/testing": what we test Corral with, for your tests. */
export { connectInProcess, type InProcess } from './testing/in-process.ts';
export { linkPair, type TestPort } from './testing/link-pair.ts';
export { transcript, type Line, type Transcript } from './testing/transcript.ts';
