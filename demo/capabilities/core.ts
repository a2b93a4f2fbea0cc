/** A house with a gate: what is inside, and who may have what of it. */
import * as v from 'valibot';
import { command, createCore, event, pathScope, serve, type Decision } from 'corral/core';

const files = new Map([
  ['/public/today.txt', 'Lisbon: sunny, 24 °C'],
  ['/secret/diary.txt', 'Dear diary, …'],
]);

/** What the page can switch on and off for its guest, each a capability of its own. */
const grants = {
  weather: { identifier: 'weather', clients: ['guest'], invoke: ['weather.*'], listen: ['weather-changed'] },
  'public-files': { identifier: 'public-files', clients: ['guest'], invoke: [{ command: 'files.read', allow: [{ path: '/public/**' }] }] },
  'secret-files': { identifier: 'secret-files', clients: ['guest'], invoke: [{ command: 'files.read', allow: [{ path: '/secret/**' }] }] },
  mail: { identifier: 'mail', clients: ['guest'], listen: ['mail'] },
  theme: { identifier: 'theme', clients: ['guest'], emit: ['theme'] },
  account: { identifier: 'account', clients: ['guest'], invoke: ['account.token'] },
  guests: { identifier: 'guests', clients: ['guest'], invite: ['guest-*', 'main'] },
} as const;
const grantName = v.picklist(Object.keys(grants) as (keyof typeof grants)[]);

const decision = v.object({ allowed: v.boolean(), action: v.string(), name: v.string(), reason: v.string(), capability: v.optional(v.string()) });

const house = createCore({
  name: 'house',
  commands: {
    weather: {
      today: command({ returns: v.string(), handler: () => 'Lisbon: sunny, 24 °C' }),
    },
    files: {
      read: command({
        args: v.object({ path: v.string() }),
        scope: pathScope(),
        handler: ({ path }) => files.get(path) ?? 'There is no such file.',
      }),
    },
    account: { token: command({ returns: v.string(), handler: () => 'the-token-of-this-demo' }) },
    gate: {
      /** Only the page that started this worker may; the guest is never granted it. */
      set: command({
        args: v.object({ grant: grantName, on: v.boolean() }),
        handler: ({ grant, on }): void => {
          if (on) house.grant(grants[grant]);
          else house.revoke(grant);
        },
      }),
    },
  },
  events: {
    'weather-changed': event(v.string()),
    mail: event(v.string()),
    theme: event(v.string()),
    decision: event(decision),
  },
  capabilities: [grants.weather, grants['public-files']],
  onDecision: ({ client, allowed, action, name, reason, capability }: Decision) => {
    if (client.label === 'guest') void house.emitTo('main', 'decision', { allowed, action, name, reason, ...(capability && { capability }) });
  },
});

export type House = typeof house;
serve(house);
