/** A declaration as the reference shows it: without its body, wrapped if long, with a link on each type it names. */
import ts from 'typescript-js';
import type { CodeLink } from '../highlight.ts';
import type { Signature } from './model.ts';

export type LinkOf = (identifier: ts.Identifier) => string | undefined;

/** Columns of the page; a longer list of parameters gets a line for each. */
const width = 84;

/** Either text of the reference's own, or a part of the source with what it leads to. */
type Piece = string | ts.Node;

export function signatureOf(node: ts.Declaration, linkOf: LinkOf, settable = false): Signature {
  return compose(piecesOf(node, settable), node.getSourceFile(), linkOf);
}

function piecesOf(node: ts.Declaration, settable: boolean): Piece[] {
  if (ts.isFunctionDeclaration(node)) return callable(`function ${node.name!.text}`, node);
  if (ts.isConstructorDeclaration(node)) return callable('new ', { ...node, type: undefined, parameters: node.parameters, typeParameters: undefined });
  if (ts.isMethodSignature(node) || ts.isMethodDeclaration(node)) return callable(node.name.getText() + (node.questionToken ? '?' : ''), node);
  if (ts.isCallSignatureDeclaration(node)) return callable('', node);
  if (ts.isGetAccessor(node)) return [`${settable ? '' : 'readonly '}${node.name.getText()}: `, node.type!];
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const heritage = (node.heritageClauses ?? []).flatMap((clause): Piece[] => [' ', clause]);
    return [`${ts.isClassDeclaration(node) ? 'class' : 'interface'} ${node.name!.text}`, ...generics(node.typeParameters), ...heritage];
  }
  if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) {
    const isReadonly = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword);
    const value = ts.isPropertyDeclaration(node) ? node.initializer : undefined;
    const type: Piece[] = node.type ? [': ', node.type] : value ? [' = ', value] : [];
    return [`${isReadonly ? 'readonly ' : ''}${node.name.getText()}${node.questionToken ? '?' : ''}`, ...type];
  }
  if (ts.isTypeAliasDeclaration(node)) return [`type ${node.name.text}`, ...generics(node.typeParameters), ...aliased(node.type)];
  if (ts.isVariableDeclaration(node)) return ['const ', node];
  return [node];
}

/** A union with a line for each member begins on a line of its own, and the last member's comment is behind its semicolon. */
function aliased(type: ts.TypeNode): Piece[] {
  const { text } = type.getSourceFile();
  const [comment = ''] = /^;( \/\/.*)/.exec(text.slice(type.end))?.slice(1) ?? [];
  return [text[type.getStart()] === '|' ? ' =\n  ' : ' = ', type, comment];
}

interface Callable {
  readonly typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> | undefined;
  readonly parameters: ts.NodeArray<ts.ParameterDeclaration>;
  readonly type?: ts.TypeNode | undefined;
}

function callable(name: string, { typeParameters, parameters, type }: Callable): Piece[] {
  const list = parameters.map(parameter);
  const result: Piece[] = type ? [': ', type] : [];
  const flat = [name, ...generics(typeParameters), '(', ...joined(list, ', '), ')', ...result];
  if (lengthOf(flat) <= width || list.length === 0) return flat;
  const last = parameters.at(-1)!.dotDotDotToken ? '\n)' : ',\n)';
  return [name, ...generics(typeParameters), '(\n  ', ...joined(list, ',\n  '), last, ...result];
}

/** As its caller sees it: a default makes it optional, and what is taken apart inside is one thing outside. */
function parameter({ dotDotDotToken, name, questionToken, initializer, type }: ts.ParameterDeclaration): Piece[] {
  const shown = ts.isObjectBindingPattern(name) ? 'options' : name.getText();
  return [`${dotDotDotToken ? '...' : ''}${shown}${questionToken || initializer ? '?' : ''}`, ...(type ? [': ', type] : [])];
}

function generics(parameters: ts.NodeArray<ts.TypeParameterDeclaration> | undefined): Piece[] {
  if (!parameters) return [];
  const list = parameters.map((one): Piece[] => [one]);
  const flat = ['<', ...joined(list, ', '), '>'];
  return lengthOf(flat) <= width ? flat : ['<\n  ', ...joined(list, ',\n  '), ',\n>'];
}

function joined(lists: readonly Piece[][], separator: string): Piece[] {
  return lists.flatMap((list, place) => (place === 0 ? list : [separator, ...list]));
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? piece : piece.getText()).length, 0);
}

function compose(pieces: readonly Piece[], source: ts.SourceFile, linkOf: LinkOf): Signature {
  let text = '';
  const links: CodeLink[] = [];
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    const start = piece.getStart(source);
    const offset = text.length - start;
    visit(piece, (identifier) => {
      const href = linkOf(identifier);
      if (href) links.push({ from: identifier.getStart(source) + offset, to: identifier.end + offset, href });
    });
    text += source.text.slice(start, piece.end);
  }
  return { text, links };
}

/** The names of types inside a node, in their order. */
function visit(node: ts.Node, found: (identifier: ts.Identifier) => void): void {
  if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName)) found(node.typeName);
  if (ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression)) found(node.expression);
  if (ts.isTypeQueryNode(node) && ts.isIdentifier(node.exprName)) found(node.exprName);
  ts.forEachChild(node, (child) => visit(child, found));
}
