/** What playground-plugin.ts makes. */
declare module 'virtual:playground/runtime' {
  const text: string;
  export default text;
}

declare module 'virtual:playground/globals' {
  const files: Readonly<Record<'corral.global.js' | 'corral-core.global.js', string>>;
  export default files;
}

declare module 'virtual:playground/package' {
  export const files: Readonly<Record<string, string>>;
  export const versions: Readonly<Record<'vite' | 'typescript' | 'valibot', string>>;
}

declare module 'virtual:playground/types' {
  const files: Readonly<Record<string, string>>;
  export default files;
}
