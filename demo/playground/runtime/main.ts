/** Runs beside the visitor's code, in each document and each worker of the preview. */
import { runDocument } from './document.ts';
import { runWorker, type WorkerSetup } from './worker.ts';

const scope = globalThis as unknown as { $playground: object; $setup?: WorkerSetup };
scope.$playground = scope.$setup ? runWorker(scope.$setup) : runDocument();
