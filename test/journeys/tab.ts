/** Runs in a frame that plays a tab: a realm, locks and workers of its own, handed to the test that opened it. */
import { connect } from 'corral';

const tab = { connect, SharedWorker, Worker };
export type Tab = typeof tab;

Object.assign(globalThis, { tab });
