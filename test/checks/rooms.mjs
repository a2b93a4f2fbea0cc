// Who may import whom. client asks, wire says, core answers; the other rooms enter by the doors, like any user.
import test from 'node:test';
import { filesIn, importsOf, none } from '../support/sources.mjs';

/** For each room: the rooms it may import besides itself, and its packages (`file: package` where only one file may). */
const rooms = {
  wire: { rooms: [], packages: [] },
  client: { rooms: ['wire'], packages: [], 'resource.ts': 'comlink' },
  core: { rooms: ['wire'], packages: ['valibot'], 'resource.ts': 'comlink' },
  testing: { rooms: ['client.ts', 'core.ts'], packages: [] },
  devtools: { rooms: ['client.ts'], packages: [] },
};
/** A door may also hand out what its room shares with the other: the words of the wire. */
const doors = {
  'client.ts': { rooms: ['client', 'wire'], packages: [] },
  'core.ts': { rooms: ['core', 'wire'], packages: [] },
  'testing.ts': { rooms: ['testing'], packages: [] },
  'devtools.ts': { rooms: ['devtools'], packages: [] },
  'core-global.ts': { rooms: ['core.ts'], packages: ['valibot'] },
};

for (const folder of Object.keys(rooms)) {
  test(`${folder}/ imports only what its room may`, () => {
    const faults = filesIn(`src/${folder}`).flatMap((file) => faultsOf(file, folder, rooms[folder]));
    none(faults, `Rooms: ${folder}/ reaches further than it may`);
  });
}

test('a door imports only its own room', () => {
  const files = filesIn('src').filter((file) => !file.slice(4).includes('/'));
  const faults = files.flatMap((file) => {
    const rule = doors[file.slice(4)];
    return rule ? faultsOf(file, file, rule) : [`${file} is a door that the table in test/checks/rooms.mjs does not know`];
  });
  none(faults, 'Doors: a door opens its own room only');
});

test('demos and tests use the package by its name; a unit test may use its own room', () => {
  const faults = [...filesIn('demo'), ...filesIn('test')].flatMap((file) => {
    const own = /^test\/(?:property\/)?(\w+)\//.exec(file)?.[1];
    return importsOf(file)
      .filter(({ path }) => path?.startsWith('src/') && !path.startsWith(`src/${own}/`))
      .map(({ from }) => `${file} may not import ${from}: import 'corral', 'corral/core', 'corral/testing' or 'corral/devtools'`);
  });
  none(faults, 'Demos and tests: enter by the doors');
});

function faultsOf(file, room, rule) {
  const name = file.split('/').at(-1);
  return importsOf(file)
    .filter(({ from, path }) => {
      if (path === undefined) return !rule.packages.includes(from) && rule[name] !== from;
      const target = path.replace(/^src\//, '').split('/')[0];
      return target !== room && !rule.rooms.includes(target);
    })
    .map(({ from }) => `${file} may not import ${from}`);
}
