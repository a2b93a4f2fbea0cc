/** A name that nobody can guess; also on insecure pages, where `crypto.randomUUID` does not exist. */
export function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join('-');
}
