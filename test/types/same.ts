/** Compares types, for the compiler alone: `same<A, B>(true)` compiles only if A and B are one type. */

export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

export function same<A, B>(..._proof: [Same<A, B>]): void {}
