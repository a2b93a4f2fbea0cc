// Each power of the platform has its owner files, so that moving one is a visible decision.
import test from 'node:test';
import { codeOf, filesIn, none } from '../support/sources.mjs';

const powers = [
  { power: 'postMessage', pattern: /\.postMessage(?:\.bind)?\(/, owners: ['wire/link.ts', 'core/resource.ts', 'testing/link-pair.ts', 'client/invite.ts', 'devtools/relay.ts'] },
  { power: 'BroadcastChannel', pattern: /new BroadcastChannel\b/, owners: ['wire/bus.ts'] },
  { power: 'Web Locks', pattern: /\bnavigator\s*\.\s*locks\b/, owners: ['wire/lock.ts'] },
  { power: "a schema's validate", pattern: /\['~(?:standard|run)'\](?!\[)/, owners: ['core/validate.ts'] },
  { power: 'valibot', pattern: /^import (?!type\b).*from 'valibot'/m, owners: ['core/create-core.ts', 'core/declare/capability.ts', 'core/declare/channel.ts', 'core/scope.ts'] },
  {
    power: 'timers',
    pattern: /\bset(?:Timeout|Interval)\(/,
    owners: ['client/supervise.ts', 'client/connection.ts', 'client/events.ts', 'client/inbox.ts', 'client/hosts/cross-origin.ts', 'client/invoke.ts', 'core/hello.ts'],
  },
];

for (const { power, pattern, owners } of powers) {
  test(`${power} is used in ${owners.join(', ')} only`, () => {
    const users = filesIn('src').filter((file) => pattern.test(codeOf(file))).map((file) => file.slice(4));
    const strangers = users.filter((file) => !owners.includes(file));
    none(strangers, `${power} has its owners; ask them, or add to the list in test/checks/owners.mjs`);
    const idle = owners.filter((owner) => !users.includes(owner));
    none(idle, `${power} is not used by an owner; take it off the list in test/checks/owners.mjs`);
  });
}
