/** Connects to a core in the same thread, without a worker: for tests, and for pages that cannot have one. */
import { connect, type Connection, type ConnectionOptions, type Contract } from '../client.ts';
import { serve, type Core } from '../core.ts';

/** A connection to a core in the same thread. */
export interface InProcess<C extends Contract> extends Connection<C> {
  /** Ends the serving: open calls are aborted, and the client is told that the core closed. */
  stop(): void;
}

/**
 * Serves the core on one end of a MessageChannel and connects to the other. Everything is as with a worker, cloning
 * included, except that both share one thread. `close()` also ends the serving.
 */
export function connectInProcess<C extends Core>(core: C, options: ConnectionOptions = {}): InProcess<C> {
  const { port1, port2 } = new MessageChannel();
  const stop = serve(core, port1);
  const connection = connect<C>(port2, options);
  return {
    ...connection,
    stop,
    close() {
      connection.close();
      // The goodbye has to arrive before the port closes.
      port2.close();
      stop();
    },
  };
}
