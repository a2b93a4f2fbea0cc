/** The other end of a connection, played by the test: it hears every message and says what it likes. */
import { linkPair, type TestPort } from 'corral/testing';
import { atEnd, eventually } from '../support/corral.ts';

type Message = { id?: unknown; method?: string; params?: Record<string, unknown> };

export interface FakeCore {
  /** For `connect`. */
  readonly port: MessagePort;
  readonly far: TestPort;
  /** Everything that the client said, frames taken apart. */
  readonly said: Message[];
  say(message: unknown): void;
  /** Resolves with the first message of that method. */
  heard(method: string): Promise<Message>;
  /** Answers the hello; `welcome` is added to what a welcome must hold. */
  welcome(welcome?: object): Promise<void>;
}

export function fakeCore(): FakeCore {
  const [near, far] = linkPair();
  const said: Message[] = [];
  far.onmessage = ({ data }) => void said.push(...(Array.isArray(data) ? data : [data]));
  far.start();
  atEnd(() => far.close());
  const say = (message: unknown): void => far.postMessage(message, []);
  const find = (method: string): Message | undefined => said.find((message) => message.method === method);
  const heard = async (method: string): Promise<Message> => {
    await eventually(`the client said ${method}`, () => find(method));
    return find(method) as Message;
  };
  return {
    port: near as unknown as MessagePort,
    far,
    said,
    say,
    heard,
    async welcome(welcome = {}) {
      const { id } = await heard('$/hello');
      say({ jsonrpc: '2.0', id, result: { protocol: 1, client: 'me', core: { name: 'fake' }, limits: {}, ...welcome } });
    },
  };
}
