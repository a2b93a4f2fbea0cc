/** Reads the public doors with TypeScript's own compiler: every export, its signatures, and what it promises. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import ts from 'typescript-js';
import { demoFolder } from '../pages.ts';
import type { Door, Entry, Kind, Member, Reference } from './model.ts';
import { signatureOf, type LinkOf } from './signature.ts';

const root = resolve(demoFolder, '..');

/** The exports of package.json that have sources: what one imports, and the file. */
function doorFiles(): [name: string, file: string][] {
  const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as { exports: Record<string, string | { source?: string }> };
  return Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === 'object' ? target.source : undefined;
    return source ? [[`corral${path.slice(1)}`, resolve(root, source)] as [string, string]] : [];
  });
}

export function readReference(): Reference {
  const files = doorFiles();
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(resolve(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root);
  const program = ts.createProgram(files.map(([, file]) => file), { ...options, types: [] });
  const checker = program.getTypeChecker();
  const ids = new Map<ts.Symbol, string>();
  const behind: ts.Symbol[] = [];
  const resolved = (symbol: ts.Symbol): ts.Symbol => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);

  const exportsOf = files.map(([name, file]) => {
    const source = program.getSourceFile(file)!;
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!).map(resolved);
    const own = symbols.filter((symbol) => !ids.has(symbol));
    for (const symbol of own) ids.set(symbol, `${name}.${symbol.name}`);
    return { name, source, own, shared: symbols.filter((symbol) => !own.includes(symbol)) };
  });

  /** Where an identifier leads. A type of src/ that no door exports is remembered, and told at the end. */
  const linkOf: LinkOf = (identifier) => {
    const found = checker.getSymbolAtLocation(identifier);
    if (!found) return undefined;
    const symbol = resolved(found);
    const declaration = symbol.declarations?.[0];
    if (!declaration || !isOurs(declaration)) return undefined;
    if (!ids.has(symbol)) {
      // Two files may each have a type of that name.
      const namesakes = behind.filter(({ name }) => name === symbol.name).length;
      ids.set(symbol, `behind.${symbol.name}${namesakes || ''}`);
      behind.push(symbol);
    }
    return `#${ids.get(symbol)}`;
  };
  const entryOf = (symbol: ts.Symbol): Entry => entry(symbol, ids.get(symbol)!, linkOf);

  const doors = exportsOf.map(({ name, source, own, shared }): Door => {
    const entries = own.map(entryOf).sort((a, b) => rank(a.kind) - rank(b.kind) || a.name.localeCompare(b.name));
    return { name, docs: headerOf(source), entries, shared: shared.map((symbol) => ({ name: symbol.name, id: ids.get(symbol)! })) };
  });
  const hidden: Entry[] = [];
  // Each of them may name further ones.
  for (const symbol of behind) hidden.push(entryOf(symbol));
  return { doors, behind: hidden.sort((a, b) => a.name.localeCompare(b.name)) };
}

/** Declared at the top of a file of src/: no type parameter, no package's type. */
function isOurs(declaration: ts.Declaration): boolean {
  const holder = ts.isVariableDeclaration(declaration) ? declaration.parent.parent.parent : declaration.parent;
  return ts.isSourceFile(holder) && holder.fileName.startsWith(`${root}/src/`);
}

/** What one calls comes before what it is made of. */
function rank(kind: Kind): number {
  return ['function', 'class', 'constant', 'interface', 'type'].indexOf(kind);
}

function entry(symbol: ts.Symbol, id: string, linkOf: LinkOf): Entry {
  const declarations = symbol.declarations!;
  // Behind overloads, what implements them is no one's to call.
  const overloads = declarations.filter((one) => ts.isFunctionDeclaration(one) && !one.body);
  const shown = overloads.length > 0 ? overloads : declarations;
  const first = declarations[0]!;
  return {
    id,
    name: symbol.name,
    kind: kindOf(first),
    signatures: shown.map((one) => signatureOf(one, linkOf)),
    docs: docsOf(declarations),
    members: membersOf(first, linkOf),
    file: relative(root, first.getSourceFile().fileName),
  };
}

function kindOf(node: ts.Declaration): Kind {
  if (ts.isFunctionDeclaration(node)) return 'function';
  if (ts.isClassDeclaration(node)) return 'class';
  if (ts.isInterfaceDeclaration(node)) return 'interface';
  if (ts.isTypeAliasDeclaration(node)) return 'type';
  if (ts.isVariableDeclaration(node)) return 'constant';
  throw new Error(`The reference has no word for a ${ts.SyntaxKind[node.kind]}.`);
}

/** The public members, those of one name together: overloads, or a getter and its setter. */
function membersOf(node: ts.Declaration, linkOf: LinkOf): Member[] {
  if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return [];
  const groups = new Map<string, ts.Declaration[]>();
  for (const member of node.members as ts.NodeArray<ts.ClassElement | ts.TypeElement>) {
    const name = ts.isConstructorDeclaration(member) ? 'constructor' : (member.name?.getText() ?? 'index');
    // A phantom of the types, or a private of the class: nobody's to use.
    if (name.startsWith('#') || (name.startsWith("'~") && ts.isClassDeclaration(node))) continue;
    groups.set(name, [...(groups.get(name) ?? []), member]);
  }
  return [...groups].map(([name, members]) => {
    const shown = members.filter((member) => !ts.isSetAccessor(member));
    const settable = members.some(ts.isSetAccessor);
    return { name, signatures: shown.map((member) => signatureOf(member, linkOf, settable)), docs: docsOf(members) };
  });
}

/** The docstring nearest to the declaration, as it was written. */
function docsOf(nodes: readonly ts.Declaration[]): string {
  for (const node of nodes) {
    const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
    const comment = ts.getJSDocCommentsAndTags(holder).at(-1)?.comment;
    if (comment) return ts.getTextOfJSDocComment(comment) ?? '';
  }
  return '';
}

/** The door's first line, without its own name. */
function headerOf(source: ts.SourceFile): string {
  const [, text = ''] = /^\/\*\* The door "[^"]*": (.*?) \*\//.exec(source.text) ?? [];
  return text.charAt(0).toUpperCase() + text.slice(1);
}
