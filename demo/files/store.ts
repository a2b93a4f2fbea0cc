/** Where the core keeps a file's bytes: in the origin private file system, or in memory where there is none. */

/** What the worker's library has and the page's has not. */
interface SyncAccessHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  close(): void;
}

declare global {
  interface FileSystemFileHandle {
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
  }
}

export interface Store {
  readonly kind: 'disk' | 'memory';
  /** How many bytes it keeps. */
  readonly size: number;
  /** Keeps the next bytes, which are the store's from now on. Returns why not, if there is no room for them. */
  append(bytes: Uint8Array): string | undefined;
  /** A copy of so many bytes, or of fewer where the file ends. */
  read(at: number, length: number): Uint8Array;
  /** Forgets the bytes, on disk too. May be called twice. */
  discard(): Promise<void>;
}

/** So much is kept in memory, at most. */
const megabytesInMemory = 256;
const folderName = 'corral-demo-files';

export async function createStore(): Promise<Store> {
  return (await createDiskStore()) ?? createMemoryStore();
}

/**
 * Deletes what cores have left behind that were lost. What a core in another tab uses is locked by its handle, so that
 * deleting it fails; between a file's making and its handle the Web Lock keeps it.
 */
export async function sweep(): Promise<void> {
  const folder = await openFolder();
  if (!folder) return;
  await navigator.locks.request(folderName, async () => {
    for await (const name of folder.keys()) await folder.removeEntry(name).catch(() => undefined);
  });
}

/** No such folder: an old engine, a private window, an origin that may not store anything, a core that runs in no worker. */
async function openFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    if (!('createSyncAccessHandle' in FileSystemFileHandle.prototype)) return undefined;
    return await (await navigator.storage.getDirectory()).getDirectoryHandle(folderName, { create: true });
  } catch {
    return undefined;
  }
}

async function createDiskStore(): Promise<Store | undefined> {
  const folder = await openFolder();
  if (!folder) return undefined;
  const name = crypto.randomUUID();
  const open = async (): Promise<SyncAccessHandle> => (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
  const handle = await navigator.locks.request(folderName, open).catch(() => undefined);
  if (!handle) return undefined;
  let size = 0;
  let discarded: Promise<void> | undefined;
  return {
    kind: 'disk',
    get size() {
      return size;
    },
    append(bytes) {
      try {
        const written = handle.write(bytes, { at: size });
        if (written < bytes.length) return 'The disk is full.';
      } catch (error) {
        if (error instanceof DOMException && error.name === 'QuotaExceededError') return 'The browser allows this site no more.';
        throw error;
      }
      size += bytes.length;
      return undefined;
    },
    read(at, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, size - at)));
      if (bytes.length > 0) handle.read(bytes, { at });
      return bytes;
    },
    discard() {
      if (!discarded) handle.close();
      size = 0;
      return (discarded ??= folder.removeEntry(name));
    },
  };
}

function createMemoryStore(): Store {
  /** Each chunk, and where it begins. */
  let chunks: { at: number; bytes: Uint8Array }[] = [];
  let size = 0;

  /** The chunk that holds this byte. */
  function find(at: number): number {
    let [low, high] = [0, chunks.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (chunks[middle]!.at <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  return {
    kind: 'memory',
    get size() {
      return size;
    },
    append(bytes) {
      if (size + bytes.length > megabytesInMemory * 1e6) return `Without a file system the core keeps ${megabytesInMemory} MB at most.`;
      if (bytes.length > 0) chunks.push({ at: size, bytes });
      size += bytes.length;
      return undefined;
    },
    read(at, length) {
      const copy = new Uint8Array(Math.max(0, Math.min(length, size - at)));
      for (let used = 0, chunk = find(at); used < copy.length; chunk++) {
        const { at: start, bytes } = chunks[chunk]!;
        const part = bytes.subarray(at + used - start, at + copy.length - start);
        copy.set(part, used);
        used += part.length;
      }
      return copy;
    },
    async discard() {
      chunks = [];
      size = 0;
    },
  };
}
